"""`trivet completion SHELL`: a script that lets a shell complete verbs, options, fields and values.

    eval "$(trivet completion bash)"            in ~/.bashrc
    eval "$(trivet completion zsh)"             in ~/.zshrc, after compinit
    trivet completion fish | source             in ~/.config/fish/config.fish

The scripts only ask `trivet completion --words`, which knows everything. Of our own, since shtab's scripts are fixed
text and cannot ask the server what fields and values there are.
"""

import argparse

from trivet.cli.candidates import candidates
from trivet.cli.complaint import Misused

# bash takes words apart at `:` and `=`: what stands before the last of them in the word is taken off the answers.
BASH = """\
_trivet() {
    local line="${COMP_LINE:0:COMP_POINT}" typed IFS=$'\\n'
    typed="${line##*[[:space:]]}"
    COMPREPLY=($(trivet completion --words "$line" 2>/dev/null))
    [[ "$typed" == *[:=]* ]] && COMPREPLY=("${COMPREPLY[@]#"${typed%"${typed##*[:=]}"}"}")
    [[ "${#COMPREPLY[@]}" == 1 && "$COMPREPLY" == *: ]] && compopt -o nospace
}
complete -o default -F _trivet trivet
"""
ZSH = """\
_trivet() {
    local -a found
    found=("${(@f)$(trivet completion --words "${LBUFFER}" 2>/dev/null)}")
    if [[ -n "${found[1]}" ]]; then compadd -Q -S '' -a found; else _files; fi
}
compdef _trivet trivet
"""
FISH = """\
complete -c trivet -k -a '(trivet completion --words (commandline -cp) 2>/dev/null)'
"""
SCRIPTS = {"bash": BASH, "zsh": ZSH, "fish": FISH}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("shell", nargs="?", choices=SCRIPTS, help="print the script for this shell")
    parser.add_argument("--words", metavar="LINE", help="print what could follow a command line, a word a line")


def run(args: argparse.Namespace) -> int:
    if args.words is not None:
        for word in candidates(split(args.words)[1:]):
            print(word)
    elif args.shell:
        print(SCRIPTS[args.shell], end="")
    else:
        raise Misused("which shell?", hint=f"trivet completion {'|'.join(SCRIPTS)}")
    return 0


def split(line: str) -> list[str]:
    """The words of a line that is still being typed; a quote may be open. The last one is what Tab was pressed in."""
    words, word, quote = [], "", ""
    for character in line:
        if quote:
            quote = "" if character == quote else quote
            word += "" if not quote else character
        elif character in "'":
            quote = character
        elif character.isspace():
            words += [word] if word else []
            word = ""
        else:
            word += character
    return [*words, word]
