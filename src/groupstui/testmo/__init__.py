"""All that groupstui knows of Testmo's REST API and of HTTP."""
