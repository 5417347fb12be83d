#!/usr/bin/env bash
# Deletes the tarballs that the jobs of a pull request left: files '*[0-9].tgz' and '*tar.gz' below JOBS_BASE_DIR/*/pr_N.
# A shell of the user's may have exported options, patterns to pass over, and functions in the place of commands.
set +o errexit +o noclobber +o noglob +o posix -u
shopt -u failglob dotglob
unset GLOBIGNORE

usage() {
  command cat <<'USAGE'
Usage: cleanup_pr.sh [-b|--jobs-base-dir DIR] [-D|--dry-run] [-h|--help] N

Deletes files '*[0-9].tgz' and '*tar.gz' of the jobs of pull request N.

  -b, --jobs-base-dir DIR  where the jobs are; else jobs_base_dir of the app.cfg
                           beside this script or in the working directory
  -D, --dry-run            only list what would be deleted
  -h, --help               show this text
USAGE
}

refuse() {
  echo "cleanup_pr.sh: $*" >&2
  exit 1
}

# Replaces $NAME and ${NAME} by the environment's values and a leading ~; nothing else of the text is executed.
expand_path() {
  local rest=$1 expanded='' name
  local variable='^([^$]*)\$(\{([A-Za-z_][A-Za-z0-9_]*)\}|([A-Za-z_][A-Za-z0-9_]*))(.*)$'
  [[ $rest == '~' || $rest == '~/'* ]] && rest=$HOME${rest:1}
  while [[ $rest =~ $variable ]]; do
    name=${BASH_REMATCH[3]}${BASH_REMATCH[4]}
    expanded+=${BASH_REMATCH[1]}
    rest=${BASH_REMATCH[5]}
    [[ -n ${!name:-} ]] || refuse "jobs_base_dir in app.cfg holds \$$name, which is not set; set it or use --jobs-base-dir."
    expanded+=${!name}
  done
  printf '%s\n' "$expanded$rest"
}

# Prints jobs_base_dir of the first app.cfg that has it.
configured_jobs_base_dir() {
  local beside file line
  beside=$(command dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
  for file in "$beside/app.cfg" ./app.cfg; do
    [[ -r $file ]] || continue
    while IFS= read -r line || [[ -n $line ]]; do
      if [[ $line =~ ^[[:blank:]]*jobs_base_dir[[:blank:]]*[=:][[:blank:]]*(.*[^[:space:]])[[:space:]]*$ ]]; then
        expand_path "${BASH_REMATCH[1]}"
        return
      fi
    done <"$file"
  done
}

jobs_base_dir='' dry_run=no number=''
while (($# > 0)); do
  case $1 in
    -b | --jobs-base-dir)
      (($# > 1)) || refuse "$1 needs a directory."
      jobs_base_dir=$2
      shift
      ;;
    --jobs-base-dir=*) jobs_base_dir=${1#*=} ;;
    -D | --dry-run) dry_run=yes ;;
    -h | --help)
      usage
      exit 0
      ;;
    -*) refuse "unknown option '$1'; --help lists them." ;;
    *)
      [[ -z $number ]] || refuse "one pull request at a time: '$number' and '$1' are given."
      number=$1
      ;;
  esac
  shift
done

[[ $number =~ ^[0-9]+$ ]] || refuse "the number of a pull request is needed, not '$number'; --help says more."
if [[ -z $jobs_base_dir ]]; then
  jobs_base_dir=$(configured_jobs_base_dir) || exit 1
  [[ -n $jobs_base_dir ]] || refuse 'no jobs_base_dir in an app.cfg beside this script or here; use --jobs-base-dir DIR.'
fi
[[ -d $jobs_base_dir ]] || refuse "'$jobs_base_dir' is not a directory."

# find would take it for an option.
[[ $jobs_base_dir != -* ]] || jobs_base_dir=./$jobs_base_dir
shopt -s nullglob
directories=("${jobs_base_dir%/}"/*/"pr_$number")
if ((${#directories[@]} == 0)); then
  echo "There are no jobs of pull request $number in $jobs_base_dir."
  exit 0
fi

if [[ $dry_run == yes ]]; then
  echo 'Would be deleted:'
  action=(-print)
else
  echo 'Deleted:'
  action=(-print -delete)
fi
command find "${directories[@]}" -type f \( -name '*[0-9].tgz' -o -name '*tar.gz' \) "${action[@]}"
