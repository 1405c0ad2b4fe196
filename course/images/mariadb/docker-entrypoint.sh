#!/bin/bash
# Prepare the data folder once, by the variables of the official image; then become the server.
set -euo pipefail

data=/var/lib/mysql
socket=/run/mysqld/mysqld.sock

say() { echo "$(date '+%F %T') [$1] [Entrypoint]: $2" >&2; }

# Each variable has an older name that starts with MYSQL_.
setting() {
    local new="MARIADB_$1" old="MYSQL_$1"
    echo "${!new:-${!old:-}}"
}

root_password=$(setting ROOT_PASSWORD)
[ -z "$(setting RANDOM_ROOT_PASSWORD)" ] || root_password=$(head -c 24 /dev/urandom | base64)
allow_empty=$(setting ALLOW_EMPTY_ROOT_PASSWORD)${MYSQL_ALLOW_EMPTY_PASSWORD:-}
database=$(setting DATABASE)
user=$(setting USER)
password=$(setting PASSWORD)

quoted() { printf "'%s'" "$(printf %s "$1" | sed -e 's/\\/\\\\/g' -e "s/'/\\\\'/g")"; }

first_statements() {
    echo "CREATE USER IF NOT EXISTS root@'%' IDENTIFIED BY $(quoted "$root_password");"
    echo "GRANT ALL ON *.* TO root@'%' WITH GRANT OPTION;"
    if [ -n "$database" ]; then echo "CREATE DATABASE IF NOT EXISTS \`$database\`;"; fi
    if [ -n "$user" ]; then
        echo "CREATE USER $(quoted "$user")@'%' IDENTIFIED BY $(quoted "$password");"
        if [ -n "$database" ]; then echo "GRANT ALL ON \`$database\`.* TO $(quoted "$user")@'%';"; fi
    fi
    # Last, since the statements before come from root without a password.
    echo "ALTER USER root@localhost IDENTIFIED BY $(quoted "$root_password");"
}

prepare() {
    if [ -z "$root_password" ] && [ -z "$allow_empty" ]; then
        say ERROR "Database is uninitialized and password option is not specified"
        say ERROR "You need to specify one of MARIADB_ROOT_PASSWORD, MARIADB_ALLOW_EMPTY_ROOT_PASSWORD and MARIADB_RANDOM_ROOT_PASSWORD"
        exit 1
    fi
    say Note "Initializing database files"
    mariadb-install-db --user=mysql --datadir="$data" --auth-root-authentication-method=normal \
        --skip-test-db > /dev/null
    mariadbd --user=mysql --skip-networking --silent-startup &
    local server=$!
    until mariadb-admin --socket="$socket" ping > /dev/null 2>&1; do
        kill -0 "$server" || { say ERROR "The server did not start"; exit 1; }
        sleep 0.1
    done
    first_statements | mariadb --socket="$socket" --user=root
    for file in /docker-entrypoint-initdb.d/*; do
        case "$file" in
            *.sql) say Note "running $file"
                   mariadb --socket="$socket" --user=root --password="$root_password" "$database" < "$file" ;;
            *.sh)  say Note "running $file"; bash "$file" ;;
        esac
    done
    kill "$server"
    wait "$server"
    [ -z "$(setting RANDOM_ROOT_PASSWORD)" ] || say Note "GENERATED ROOT PASSWORD: $root_password"
    say Note "MariaDB init process done. Ready for start up."
}

case "${1:-}" in
    mariadbd | mysqld | -*)
        if [ "${1#-}" != "$1" ]; then set -- mariadbd "$@"; fi
        chown mysql:mysql "$data"
        [ -d "$data/mysql" ] || prepare
        set -- "$@" --user=mysql
        ;;
esac
exec "$@"
