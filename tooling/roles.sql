-- Two roles for the database this is run in (as its superuser): one owns the schema and migrates,
-- one runs web and workers and can neither make nor change a table. May be run again.
--   psql -v ON_ERROR_STOP=1 -d tongpin -f tooling/roles.sql
-- Give both a password (or another way to log in) on a server that others reach.
SELECT 'CREATE ROLE tongpin_owner LOGIN'
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'tongpin_owner') \gexec
SELECT 'CREATE ROLE tongpin LOGIN'
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'tongpin') \gexec

ALTER SCHEMA public OWNER TO tongpin_owner;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO tongpin;

-- What the owner will make is for the other role to read and write.
ALTER DEFAULT PRIVILEGES FOR ROLE tongpin_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO tongpin;
ALTER DEFAULT PRIVILEGES FOR ROLE tongpin_owner IN SCHEMA public
    GRANT USAGE, SELECT, UPDATE ON SEQUENCES TO tongpin;
