#!/bin/sh
# Runs once, when the data directory is new: a database and its owner for each file in roles/, and the role of postgres-exporter.
set -eu

sql() {
  psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres "$@"
}

sql --set password="$(cat /run/secrets/monitoring-password)" <<'SQL'
CREATE ROLE monitoring LOGIN PASSWORD :'password' IN ROLE pg_monitor;
SQL

for file in /run/secrets/roles/*; do
  sql --set name="$(basename "$file")" --set password="$(cat "$file")" <<'SQL'
CREATE ROLE :"name" LOGIN PASSWORD :'password';
CREATE DATABASE :"name" OWNER :"name";
REVOKE ALL ON DATABASE :"name" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"name" TO monitoring;
SQL
done

# For the health check.
touch "$PGDATA/shop-databases"
