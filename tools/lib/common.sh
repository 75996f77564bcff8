# tools/lib/common.sh: what tools/up and tools/check share: install, build, say. Sourced, never run.
# Everything a person reads goes to stderr; stdout belongs to the caller.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

say() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
}

die() {
	say "$*"
	exit 1
}

# Names in package lists FILE... that dpkg does not know as installed, one a line.
missing_packages() {
	local name
	while read -r name; do
		case $name in '' | '#'*) continue ;; esac
		[ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || printf '%s\n' "$name"
	done < <(cat "$@")
}

as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		die "packages are missing and this is neither root nor has sudo: $*"
	fi
}

# Install what the lists FILE... name and this machine lacks; silent and quick when nothing is missing.
install_packages() {
	local missing=()
	mapfile -t missing < <(missing_packages "$@")
	command -v node >/dev/null || missing+=(nodejs)
	command -v npm >/dev/null || missing+=(npm)
	[ ${#missing[@]} -gt 0 ] || return 0
	say "installing ${missing[*]}"
	local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -q -o Dpkg::Use-Pty=0)
	as_root "${apt[@]}" update >&2 || die "apt-get update failed"
	as_root "${apt[@]}" install -y --no-install-recommends "${missing[@]}" >&2 ||
		die "apt-get install failed: ${missing[*]}"
}

# Bring DIR/node_modules to what DIR/package-lock.json says; nothing to do when it is already newer.
install_npm() {
	local dir=$1
	[ "$dir/node_modules/.package-lock.json" -nt "$dir/package-lock.json" ] && return 0
	say "npm ci in ${dir#"$root"/}"
	(cd "$dir" && npm ci --no-audit --no-fund --loglevel=error >&2) || die "npm ci failed in $dir"
	touch "$dir/node_modules/.package-lock.json"
}

# build_programs DIR [meson setup options...]: configure once, compile what changed.
build_programs() {
	local dir=$1 said
	shift
	if [ ! -e "$dir/build.ninja" ]; then
		say "configuring ${dir#"$root"/}"
		said=$(meson setup "$dir" "$root" "$@" 2>&1) || die "meson setup failed: $said"
	fi
	say "compiling ${dir#"$root"/}"
	said=$(ninja -C "$dir" --quiet 2>&1) || die "compilation failed in $dir: $said"
}

# The pages, when a source is newer than the last build of them.
build_pages() {
	local web=$root/web
	local stamp=$web/node_modules/.pages-built
	if [ -e "$web/dist/index.html" ] && [ -e "$stamp" ] &&
		[ -z "$(find "$web" -path "$web/node_modules" -prune -o -path "$web/dist" -prune -o -newer "$stamp" -type f -print -quit)" ]; then
		return 0
	fi
	say "building the pages"
	(cd "$web" && npm run --silent build >&2) || die "building the pages failed"
	touch "$stamp"
}
