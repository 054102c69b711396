"""``strideiq completion SHELL``: the script that teaches bash, zsh or fish the words; ``completion words`` is what it asks."""

from __future__ import annotations

import argparse
from collections.abc import Iterable

from strideiq_console.cli.completing import FILES, Candidate, candidates
from strideiq_console.cli.session import Session
from strideiq_console.domain.fault import ConsoleError
from strideiq_console.presentation.findings import name_of
from strideiq_console.settings.secret_names import secret_names

PATHS = ":paths"
"""The one line of an answer that says: offer paths."""

_BASH = """# bash completion of strideiq: put  source <(strideiq completion bash)  into ~/.bashrc
_strideiq() {
    local line
    COMPREPLY=()
    while IFS= read -r line; do
        if [ "$line" = ":paths" ]; then
            compopt -o filenames 2>/dev/null
            mapfile -t COMPREPLY < <(compgen -f -- "${COMP_WORDS[COMP_CWORD]}")
            return
        fi
        COMPREPLY+=("${line%% *}")
    done < <(strideiq completion words -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _strideiq strideiq
"""
_ZSH = """#compdef strideiq
# zsh completion of strideiq: put  source <(strideiq completion zsh)  into ~/.zshrc, after compinit
_strideiq() {
    local line word
    local -a found
    for line in ${(f)"$(strideiq completion words -- "${(@)words[2,CURRENT]}" 2>/dev/null)"}; do
        if [[ $line == ":paths" ]]; then
            _files
            return
        fi
        word=${line%% *}
        found+=("${word//:/\\\\:}:${line#* }")
    done
    _describe strideiq found
}
compdef _strideiq strideiq
"""
_FISH = """# fish completion of strideiq: put  strideiq completion fish | source  into ~/.config/fish/config.fish
function __strideiq_words
    set -l typed (commandline -opc)[2..-1] (commandline -ct)
    for line in (strideiq completion words -- $typed 2>/dev/null)
        if test "$line" = ":paths"
            __fish_complete_path (commandline -ct)
        else
            string replace -r ' ' \\t -- $line
        end
    end
end
complete -c strideiq -f -a "(__strideiq_words)"
"""
SCRIPTS = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the words of the verb."""
    parser.add_argument("shell", choices=(*SCRIPTS, "words"), metavar="bash|zsh|fish", help="the shell")
    parser.add_argument("typed", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)


def run(arguments: argparse.Namespace, session: Session) -> int:
    """Write the script, or the words that fit what is typed, one a line, each with what it is for after a blank."""
    if arguments.shell in SCRIPTS:
        session.output.line(SCRIPTS[arguments.shell].rstrip("\n"))
        return 0
    typed = arguments.typed[1:] if arguments.typed[:1] == ["--"] else arguments.typed
    for found in candidates(typed, lambda metavar: known(session, metavar), session.output):
        session.output.line(PATHS if found == FILES else f"{found.word} {found.about}".rstrip())
    return 0


def known(session: Session, metavar: str) -> Iterable[Candidate]:
    """Return what the store or the settings know: ids of executions, names of runbooks and secrets. A fault offers nothing."""
    try:
        with session.stored() as console:
            if metavar == "ID":
                return [Candidate(e.id, f"{name_of(e)}: {e.state}") for e in console.facts().executions]
            if metavar == "SECRET":
                return [Candidate(name) for name in secret_names(environment.name for environment in console.settings.environments)]
            if metavar == "ENVIRONMENT":
                return [Candidate(environment.name) for environment in console.settings.environments]
            if metavar == "RUNBOOK":
                return [Candidate(name, runbook.title) for name, runbook in console.runbooks().items()]
    except ConsoleError:
        return []
    return []
