/**
 * What a shell needs to ask `heddle __complete`. It is given the words up to the cursor, and answers with a line a
 * candidate, `value<TAB>description`, or with `:files` or `:folders`, which the shell completes by itself.
 */
export const completionScripts = {
  bash: `# bash completion for heddle: source <(heddle completion bash)
_heddle() {
  local line=\${COMP_LINE:0:COMP_POINT} words word candidate
  read -ra words <<< "$line"
  [[ $line == *[[:space:]] ]] && words+=('')
  word=\${words[\${#words[@]}-1]}
  # Bash takes a word to begin behind = and :, and replaces only what follows.
  local kept=\${word%"\${word##*[=:]}"}
  COMPREPLY=()
  while IFS= read -r candidate; do
    candidate=\${candidate%%$'\\t'*}
    case $candidate in
      :files) compopt -o default ;;
      :folders)
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -d -- "\${word#"$kept"}")
        ;;
      *)
        [[ $candidate == *[=:] ]] && compopt -o nospace
        COMPREPLY+=("\${candidate#"$kept"}")
        ;;
    esac
  done < <(heddle __complete -- "\${words[@]:1}" 2>/dev/null)
}
complete -F _heddle heddle
`,
  zsh: `#compdef heddle
# zsh completion for heddle: source <(heddle completion zsh), or put it in a file _heddle in a folder of $fpath
_heddle() {
  local line
  local -a candidates open
  for line in "\${(@f)$(heddle __complete -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null)}"; do
    case $line in
      '') ;;
      :files) _files; return ;;
      :folders) _files -/; return ;;
      *[=:]$'\\t'*) open+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}") ;;
      *) candidates+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}") ;;
    esac
  done
  (( \${#open} )) && _describe heddle open -S ''
  (( \${#candidates} )) && _describe heddle candidates
}
if [ "\${funcstack[1]}" = _heddle ]; then _heddle "$@"; else compdef _heddle heddle; fi
`,
  fish: `# fish completion for heddle: heddle completion fish | source
function __heddle_complete
  set -l words (commandline -opc)
  set -e words[1]
  set -l current (commandline -ct)
  set -l lines (heddle __complete -- $words "$current" 2>/dev/null)
  switch "$lines[1]"
    case :files
      __fish_complete_path "$current"
    case :folders
      __fish_complete_directories "$current"
    case '*'
      test (count $lines) -gt 0; and printf '%s\\n' $lines
  end
end
complete -c heddle -f -a '(__heddle_complete)'
`,
} as const;
