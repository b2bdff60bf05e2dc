"""Completion scripts; they ask `compose __complete` and follow its directive (2 = no space, 4 = no files)."""

from __future__ import annotations

from typing import Final

BASH: Final = r"""# bash completion for compose
_compose_complete() {
    local word="${COMP_WORDS[COMP_CWORD]}" line answer directive
    local words=("${COMP_WORDS[@]:1:COMP_CWORD}")
    if declare -F _get_comp_words_by_ref >/dev/null; then
        local cur cwords cword
        _get_comp_words_by_ref -n "=:" -c cur -w cwords -i cword
        word="$cur"
        words=("${cwords[@]:1:cword}")
    fi
    COMPREPLY=()
    answer="$("${COMP_WORDS[0]}" __complete -- "${words[@]}" 2>/dev/null)" || return
    directive="${answer##*:}"
    while IFS= read -r line; do
        line="${line%%$'\t'*}"
        [[ -n "$line" && "$line" != ":$directive" ]] && COMPREPLY+=("$line")
    done <<<"$answer"
    (( directive & 2 )) && compopt -o nospace
    if (( ! (directive & 4) )) && [[ ${#COMPREPLY[@]} -eq 0 ]]; then
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
    fi
    if declare -F __ltrim_colon_completions >/dev/null; then
        __ltrim_colon_completions "$word"
    fi
    if [[ "$word" == *=* && "$COMP_WORDBREAKS" == *=* ]]; then
        COMPREPLY=("${COMPREPLY[@]#"${word%%=*}="}")
    fi
}
complete -F _compose_complete compose
"""

ZSH: Final = r"""#compdef compose
# zsh completion for compose
_compose() {
    local answer directive line
    local -a offers
    answer="$("${words[1]}" __complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)" || return
    directive="${answer##*:}"
    for line in "${(@f)answer}"; do
        [[ -z "$line" || "$line" == ":$directive" ]] && continue
        local value="${line%%$'\t'*}" text=""
        [[ "$line" == *$'\t'* ]] && text="${line#*$'\t'}"
        offers+=("${value//:/\\:}${text:+:$text}")
    done
    local -a how
    (( directive & 2 )) && how=(-S '')
    if (( ${#offers} )); then
        _describe -V 'compose' offers "${how[@]}"
    elif (( ! (directive & 4) )); then
        _files
    fi
}
compdef _compose compose
"""

FISH: Final = r"""# fish completion for compose
function __compose_complete
    set -l words (commandline -opc)[2..-1] (commandline -ct)
    set -l answer (compose __complete -- $words 2>/dev/null)
    test (count $answer) -gt 0; or return
    set -l directive (string replace ':' '' -- $answer[-1])
    set -l offers $answer[1..-2]
    if test (count $offers) -gt 0
        printf '%s\n' $offers
    else if test (math "bitand($directive, 4)") -eq 0
        __fish_complete_path (commandline -ct)
    end
end
complete -c compose -f -a '(__compose_complete)'
"""
