/**
 * What a shell runs at each Tab. All three ask `kist complete`, whose first line says whether the shell is to complete
 * files itself (`files`), or whether what is chosen goes on (`open`) or is done (`closed`).
 */

/** Colons and equal signs break words for bash, and not for kist: they are put together, and taken off again. */
const bash = String.raw`# bash completion of kist
_kist() {
  local -a words=()
  local word last line directive prefix index
  for ((index = 1; index <= COMP_CWORD; index++)); do
    word="${'$'}{COMP_WORDS[index]}"
    last=""
    if ((${'$'}{#words[@]} > 0)); then last="${'$'}{words[${'$'}{#words[@]} - 1]}"; fi
    if ((${'$'}{#words[@]} > 0)) && [[ ${'$'}word == [:=]* || ${'$'}last == *[:=] ]]; then
      words[${'$'}{#words[@]} - 1]="${'$'}last${'$'}word"
    else
      words+=("${'$'}word")
    fi
  done
  word="${'$'}{words[${'$'}{#words[@]} - 1]}"
  # What was typed is quoted; kist wants it plain.
  local isQuoted=""
  case "${'$'}word" in [\'\"]*) isQuoted=1; word="${'$'}{word:1}" ;; *) word="${'$'}{word//\\/}" ;; esac
  words[${'$'}{#words[@]} - 1]="${'$'}word"
  prefix="${'$'}{word%"${'$'}{word##*[:=]}"}"
  COMPREPLY=()
  directive=""
  while IFS= read -r line; do
    if [[ -z ${'$'}directive ]]; then
      directive="${'$'}line"
    else
      line="${'$'}{line%%${'$'}'\t'*}"
      line="${'$'}{line#"${'$'}prefix"}"
      if [[ -z ${'$'}isQuoted ]]; then printf -v line '%q' "${'$'}line"; fi
      COMPREPLY+=("${'$'}line")
    fi
  done < <(kist complete -- "${'$'}{words[@]}" 2>/dev/null)
  case "${'$'}directive" in
    files)
      compopt -o filenames 2>/dev/null
      while IFS= read -r line; do COMPREPLY+=("${'$'}line"); done < <(compgen -f -- "${'$'}{word#"${'$'}prefix"}")
      ;;
    open) compopt -o nospace 2>/dev/null ;;
  esac
}
complete -F _kist kist
`;

const zsh = String.raw`#compdef kist
_kist() {
  local -a lines values shown
  local line directive
  lines=("${'$'}{(@f)$(kist complete -- "${'$'}{(@)words[2,CURRENT]}" 2>/dev/null)}")
  directive="${'$'}lines[1]"
  for line in "${'$'}{(@)lines[2,-1]}"; do
    [[ -z ${'$'}line ]] && continue
    values+=("${'$'}{line%%${'$'}'\t'*}")
    shown+=("${'$'}{line/${'$'}'\t'/  -- }")
  done
  if [[ ${'$'}directive == files ]]; then
    _files
  elif [[ ${'$'}directive == open ]]; then
    compadd -S '' -d shown -- "${'$'}values[@]"
  else
    compadd -d shown -- "${'$'}values[@]"
  fi
}
if [[ ${'$'}funcstack[1] == _kist ]]; then
  _kist "$@"
else
  compdef _kist kist
fi
`;

const fish = `# fish completion of kist
function __kist_complete
    set -l words (commandline -opc)
    set -l word (commandline -ct)
    set -l lines (kist complete -- $words[2..-1] $word 2>/dev/null)
    if test "$lines[1]" = files
        __fish_complete_path $word
        return
    end
    for line in $lines[2..-1]
        echo $line
    end
end
complete -c kist -f -a '(__kist_complete)'
`;

export const shellScripts = { bash, zsh, fish } as const;
