// Reads a site with Testmo's own client, and prints what the client made of it.
//   node read_site.js URL TOKEN GROUP_ID
const testmo = require("@testmo/testmo-api");

async function main([url, token, groupId]) {
  const client = new testmo.ApiClient();
  client.basePath = url;
  client.authentications["bearerAuth"].accessToken = token;
  const groups = new testmo.GroupsApi(client);

  const user = await new testmo.UserApi(client).getCurrentUser();
  const pages = [];
  for (let page = 1; page !== null; page = pages.at(-1).next_page) {
    pages.push(await groups.getGroupPage({ page, perPage: 25, expands: "users" }));
  }
  const group = await groups.getGroup(groupId, { expands: "users" });

  testmo.CurrentUser.validateJSON(user);
  pages.forEach((page) => testmo.GroupPage.validateJSON(page));
  testmo.GroupRow.validateJSON(group);
  console.log(JSON.stringify({ user, pages, group }));
}

main(process.argv.slice(2));
