"""The completion scripts: they ask groupstui for candidates, and hand them to the shell."""

from __future__ import annotations

BASH = r"""# Completion of groupstui for bash.
_groupstui() {
    local kind='' line
    COMPREPLY=()
    while IFS= read -r line; do
        if [ -z "$kind" ]; then kind=$line; else COMPREPLY+=("$line"); fi
    done < <(groupstui __complete bash "=${COMP_WORDS[COMP_CWORD]}" "${COMP_LINE:0:COMP_POINT}" 2>/dev/null)
    if [ "$kind" = files ]; then
        compopt -o default 2>/dev/null || COMPREPLY=($(compgen -f -- "${COMP_WORDS[COMP_CWORD]}"))
    fi
}
complete -F _groupstui groupstui
"""

ZSH = r"""#compdef groupstui
# Completion of groupstui for zsh.
_groupstui() {
    local -a lines values shown
    local line kind
    lines=("${(@f)$(groupstui __complete zsh "=${(Q)PREFIX}" "${(@Q)words[2,CURRENT-1]}" 2>/dev/null)}")
    kind=$lines[1]
    if [[ $kind == files ]]; then
        _files
        return
    fi
    for line in "${(@)lines[2,-1]}"; do
        values+=("${line%%$'\t'*}")
        shown+=("${line%%$'\t'*}${${line#*$'\t'}:+  -- ${line#*$'\t'}}")
    done
    (( $#values )) || return 1
    # Candidates that do not begin like the word would replace it by nothing.
    [[ $kind == others && $#values -gt 1 ]] && compstate[insert]='' compstate[list]=list
    compadd -U -l -d shown -a values
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    _groupstui "$@"
else
    (( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
    compdef _groupstui groupstui
fi
"""

FISH = r"""# Completion of groupstui for fish.
function __groupstui_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l lines (groupstui __complete fish "=$current" $words[2..-1] 2>/dev/null)
    if test "$lines[1]" = files
        __fish_complete_path $current
    else
        printf '%s\n' $lines[2..-1]
    end
end
complete -c groupstui -f -k -a '(__groupstui_complete)'
"""

POWERSHELL = r"""# Completion of groupstui for PowerShell.
Register-ArgumentCompleter -Native -CommandName groupstui -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = @($commandAst.CommandElements | Select-Object -Skip 1 |
        Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
        ForEach-Object { if ($_.Value -is [string]) { $_.Value } else { $_.Extent.Text } })
    $current = $wordToComplete.Trim("'", '"')
    $encoding = [Console]::OutputEncoding
    try {
        [Console]::OutputEncoding = [System.Text.UTF8Encoding]::new()
        $lines = @(groupstui __complete powershell "=$current" @words 2>$null)
    } finally {
        [Console]::OutputEncoding = $encoding
    }
    if ($lines[0] -eq 'files') { return }  # PowerShell completes files then
    $lines | Select-Object -Skip 1 | ForEach-Object {
        $value, $meaning = $_ -split "`t", 2
        if (-not $meaning) { $meaning = $value }
        [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $meaning)
    }
}
"""

TCSH = r"""# Completion of groupstui for tcsh, without names that contain spaces.
complete groupstui 'p@*@`groupstui __complete tcsh =`@'
"""

SCRIPTS = {"bash": BASH, "zsh": ZSH, "fish": FISH, "powershell": POWERSHELL, "tcsh": TCSH}
