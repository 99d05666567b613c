-- Two roles for PostgreSQL: the owner changes the shape of the tables (python -m webapp migrate), the service only fills them.
-- Run once as a superuser in the empty database: psql -v owner=madoguchi_owner -v service=madoguchi -f postgresql-roles.sql madoguchi
-- Give both a password (\password), or let them in by peer or certificate. Then: migrate as the owner, run this file once more,
-- and start both processes as the service. After every later migration nothing has to be done.
SELECT format('CREATE ROLE %I LOGIN', :'owner') WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'owner') \gexec
SELECT format('CREATE ROLE %I LOGIN', :'service') WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'service') \gexec
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO :"owner";
GRANT USAGE ON SCHEMA public TO :"service";
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO :"service";
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" IN SCHEMA public GRANT USAGE ON SEQUENCES TO :"service";
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO :"service";
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO :"service";
-- What nobody changes: the log's entries, and which migrations were made.
SELECT format('REVOKE UPDATE, DELETE, TRUNCATE ON audit_entry FROM %I', :'service')
  WHERE to_regclass('public.audit_entry') IS NOT NULL \gexec
SELECT format('REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM %I', :'service')
  WHERE to_regclass('public.alembic_version') IS NOT NULL \gexec
