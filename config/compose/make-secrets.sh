#!/bin/sh
# Makes the secrets of docker-compose.yml in the folder `secrets`, once: sh config/compose/make-secrets.sh
# Each container may read only those that it needs. To change one, delete its files, run this again, and start the services again.
set -eu
cd "$(dirname "$0")/../.."
umask 077
mkdir -p secrets

make() {
  [ -s "secrets/$1" ] || printf '%s' "$2" > "secrets/$1"
  # The users of the containers read the file; other users of this machine cannot enter the folder.
  chmod 644 "secrets/$1"
}

random() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }

make admin_key "$(random)"
make redis_password "$(random)"
make redis_url "redis://:$(cat secrets/redis_password)@redis:6379"
make queue_redis_url "redis://:$(cat secrets/redis_password)@queue-redis:6379"
make grafana_admin_password "$(random)"
