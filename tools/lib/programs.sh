# tools/lib/programs.sh: the command lines of the programs for tools/up and for tests of them. Sourced.
# Wants root, build, state, address and port set.

# Addresses that clients on this machine or beside it can send media to: the one listened on; for loopback and
# "any" all of this machine's, since some clients gather no candidate of 127.0.0.1.
media_addresses() {
	local all=()
	case $address in
	127.* | ::1 | localhost | 0.0.0.0 | ::)
		all=(127.0.0.1)
		[ -s /proc/net/if_inet6 ] && all+=(::1)
		read -ra others < <(hostname -I)
		all+=("${others[@]}")
		;;
	*) all=("$address") ;;
	esac
	printf '%s\n' "${all[@]:0:16}" | paste -sd,
}

listen_on() {
	case $address in
	*:*) printf '[%s]:%s' "$address" "$port" ;;
	*) printf '%s:%s' "$address" "$port" ;;
	esac
}

# program_command NAME: sets the array `command`.
program_command() {
	local folder=$1
	[ "$1" = webcast ] && folder=recorder/webcast
	command=("$build/$folder/rostrum-$1" --config "$root/conf/$1.json")
	# The webcast speaks to nobody: it reads what the recorder writes.
	[ "$1" = webcast ] || command+=(--set "control.socket=$state/control.sock")
	case $1 in
	webcast)
		command+=(--set "archive.directory=$state/archive" --set "webcast.directory=$state/webcast")
		;;
	signaling)
		command+=(--set "listen=$(listen_on)" --set "state.dir=$state" --set "rules.dir=$root/conf/rules" --set "web.root=$root/web/dist" --set "archive.directory=$state/archive" --set "webcast.directory=$state/webcast")
		;;
	sfu)
		command+=(--set "tap.socket=$state/tap.sock" --set "media.addresses=$(media_addresses)" --set media.port=0)
		;;
	recorder)
		command+=(--set "archive.directory=$state/archive")
		[ -s "$state/secretariat.pub.pem" ] && command+=(--set "archive.secretariat_key=$state/secretariat.pub.pem")
		;;
	esac
	# What an operator of this state directory sets beyond that.
	local line
	[ -r "$state/$1.set" ] && while IFS= read -r line; do
		[ -n "$line" ] && command+=(--set "$line")
	done <"$state/$1.set"
	return 0
}
