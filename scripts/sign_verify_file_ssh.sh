#!/usr/bin/env bash
# Signs a file with an SSH key, or verifies such a signature (ssh-keygen -Y). --help says how.
# A shell of the user's may have exported options.
set +o errexit +o noclobber +o noglob +o posix -u
shopt -u failglob nullglob

readonly FILE_PROBLEM=1 KEY_PROBLEM=2 INVALID=3 USAGE_PROBLEM=9

# ssh-keygen asks for a passphrase by running a program; this script is that program too, so that
# the passphrase is in no argument list and in no file.
if [[ -n ${SIGN_VERIFY_ASKPASS:-} ]]; then
  printf '%s\n' "${KEY_PASSPHRASE:-}"
  exit 0
fi

usage() {
  command cat <<'USAGE'
Usage: sign_verify_file_ssh.sh --sign --private-key KEY --file FILE [--namespace NAME]
       sign_verify_file_ssh.sh --verify --allowed-signers-file SIGNERS --file FILE [--signature-file SIGNATURE] [--terse]

--sign    makes FILE.sig, which must not exist yet; the passphrase of KEY is taken from KEY_PASSPHRASE.
--verify  SIGNATURE is else FILE.sig; prints who signed for which namespace, with --terse as JSON.

  --namespace NAME  what the signature is for (default when signing: file; when verifying: any)
  --help            show this text

Exit status: 0 done, 1 a file is missing or in the way, 2 the key cannot be used, 3 the signature is not valid, 9 wrong usage.
USAGE
}

fail() {
  local status=$1
  shift
  echo "sign_verify_file_ssh.sh: $*" >&2
  exit "$status"
}

misused() {
  fail "$USAGE_PROBLEM" "$* (--help says more)"
}

need_file() {
  [[ -f $2 && -r $2 ]] || fail "$1" "$3 '$2' is not a file that can be read."
}

sign() {
  [[ -n $private_key ]] || misused '--sign needs --private-key.'
  need_file "$FILE_PROBLEM" "$file" 'the file to sign'
  need_file "$KEY_PROBLEM" "$private_key" 'the key'
  [[ ! -e $file.sig && ! -L $file.sig ]] || fail "$FILE_PROBLEM" "'$file.sig' exists already; remove it first."
  if [[ -n ${KEY_PASSPHRASE:-} ]]; then
    export KEY_PASSPHRASE SIGN_VERIFY_ASKPASS=yes SSH_ASKPASS SSH_ASKPASS_REQUIRE=force DISPLAY=${DISPLAY:-:0}
    SSH_ASKPASS=$(readlink -f -- "${BASH_SOURCE[0]}")
  fi
  key_dir=$(mktemp -d) || key_dir=''
  [[ -z $key_dir ]] || trap 'command rm -rf -- "$key_dir"' EXIT
  # After '--', since a name may begin with a dash; ssh-keygen writes FILE.sig beside the file.
  ssh-keygen -Y sign -f "$(usable_key)" -n "${namespace:-file}" -- "$file" </dev/null ||
    fail "$KEY_PROBLEM" "'$file' could not be signed with '$private_key': $(why_not)"
  [[ -s $file.sig ]] || fail "$KEY_PROBLEM" "ssh-keygen made no '$file.sig'."
}

# Prints a path at which ssh-keygen can use the key. Of one in PEM or PKCS#8 it wants the public key beside it, and it takes none with
# DOS line ends, a byte order mark, or without a line end behind its last line.
usable_key() {
  local key=$key_dir/key
  if [[ -n $key_dir ]]; then
    if tidy_key | cmp -s - "$private_key"; then
      ln -s -- "$(readlink -f -- "$private_key")" "$key"
    else
      # With its mode: ssh-keygen refuses a key that others may read.
      tidy_key >"$key" && chmod --reference="$private_key" -- "$key"
    fi
    if ssh-keygen -y -f "$key" </dev/null >"$key.pub" 2>/dev/null && [[ -s $key.pub ]]; then
      printf '%s\n' "$key"
      return
    fi
  fi
  printf '%s\n' "$private_key" # ssh-keygen says what is wrong with it
}

tidy_key() {
  LC_ALL=C sed -e 's/^\xef\xbb\xbf//' -e 's/[[:blank:]\r]*$//' -e '$a\' -- "$private_key"
}

why_not() {
  local line
  while IFS= read -r line && [[ -z $line ]]; do :; done < <(tidy_key 2>/dev/null)
  case $line in
    PuTTY-*) echo "it is a key of PuTTY; convert it: puttygen KEY -O private-openssh -o NEW-KEY." ;;
    ssh-* | ecdsa-* | sk-*) echo 'it is a public key; --private-key wants the private one.' ;;
    '-----BEGIN PRIVATE KEY-----')
      echo 'this ssh-keygen may not read keys of this kind in PKCS#8; make a new one: ssh-keygen -t ed25519 -f NEW-KEY.'
      ;;
    '-----BEGIN '*) echo 'wrong passphrase (KEY_PASSPHRASE), or others may read it (chmod 600)?' ;;
    *) echo 'it is no private key.' ;;
  esac
}

# Prints the namespace that a signature names, or nothing where it is none: 'SSHSIG', a number,
# then the public key and the namespace as strings, each after its length in four bytes.
namespace_of() {
  local -a bytes
  local start length i text='' octal
  bytes=($(sed -e '/^-----/d' -- "$1" | base64 -d 2>/dev/null | od -An -v -tu1))
  ((${#bytes[@]} > 14)) || return 0
  start=10
  length=$((bytes[start] << 24 | bytes[start + 1] << 16 | bytes[start + 2] << 8 | bytes[start + 3]))
  start=$((start + 4 + length))
  ((start + 4 < ${#bytes[@]})) || return 0
  length=$((bytes[start] << 24 | bytes[start + 1] << 16 | bytes[start + 2] << 8 | bytes[start + 3]))
  start=$((start + 4))
  ((length <= 256 && start + length <= ${#bytes[@]})) || return 0
  for ((i = start; i < start + length; i++)); do
    # Printable characters only: this is shown.
    ((bytes[i] >= 32 && bytes[i] != 127)) || return 0
    printf -v octal '\\%03o' "${bytes[i]}"
    text+=$octal
  done
  printf "$text"
}

json_string() {
  local text=${1//\\/\\\\}
  printf '"%s"' "${text//\"/\\\"}"
}

verify() {
  local signature=${signature_file:-$file.sig} signed_for identities identity
  [[ -n $allowed_signers ]] || misused '--verify needs --allowed-signers-file.'
  need_file "$FILE_PROBLEM" "$file" 'the file to verify'
  need_file "$FILE_PROBLEM" "$allowed_signers" 'the list of allowed signers'
  need_file "$FILE_PROBLEM" "$signature" 'the signature'
  signed_for=$(namespace_of "$signature")
  [[ -n $signed_for ]] || fail "$INVALID" "'$signature' is no signature made with an SSH key."
  [[ -z $namespace || $namespace == "$signed_for" ]] ||
    fail "$INVALID" "'$signature' is for the namespace '$signed_for', not for '$namespace'."
  identities=$(ssh-keygen -Y find-principals -s "$signature" -f "$allowed_signers" 2>/dev/null) ||
    fail "$INVALID" "'$signature' was made with a key that is not in '$allowed_signers'."
  while IFS= read -r identity; do
    ssh-keygen -Y verify -f "$allowed_signers" -I "$identity" -n "$signed_for" -s "$signature" <"$file" >/dev/null 2>&1 || continue
    if [[ $terse == yes ]]; then
      printf '{"identity": %s, "namespace": %s}\n' "$(json_string "$identity")" "$(json_string "$signed_for")"
    else
      echo "The signature of '$file' is valid: signed by '$identity' for the namespace '$signed_for'."
    fi
    return 0
  done <<<"$identities"
  fail "$INVALID" "'$signature' is not a valid signature of '$file'."
}

key_dir='' mode='' private_key='' file='' namespace='' allowed_signers='' signature_file='' terse=no
while (($# > 0)); do
  case $1 in
    --sign | --verify)
      [[ -z $mode ]] || misused 'one of --sign and --verify, once.'
      mode=${1#--}
      ;;
    --terse) terse=yes ;;
    --help | -h)
      usage
      exit 0
      ;;
    --private-key | --file | --namespace | --allowed-signers-file | --signature-file)
      (($# > 1)) && [[ -n $2 ]] || misused "$1 needs a value."
      case $1 in
        --private-key) private_key=$2 ;;
        --file) file=$2 ;;
        --namespace) namespace=$2 ;;
        --allowed-signers-file) allowed_signers=$2 ;;
        --signature-file) signature_file=$2 ;;
      esac
      shift
      ;;
    *) misused "unknown argument '$1'." ;;
  esac
  shift
done

[[ -n $mode ]] || misused 'one of --sign and --verify is needed.'
[[ -n $file ]] || misused "--$mode needs --file."
"$mode"
