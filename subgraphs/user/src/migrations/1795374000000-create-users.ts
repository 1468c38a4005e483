import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Accounts, sign-ins and their refresh tokens. */
export class CreateUsers1795374000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE users (
        id uuid PRIMARY KEY DEFAULT uuidv7(),
        email text NOT NULL
          CONSTRAINT users_email_key UNIQUE
          CONSTRAINT users_email_normalised CHECK (
            email IS NFKC NORMALIZED AND email = lower(btrim(email)) AND char_length(email) BETWEEN 3 AND 254
          ),
        password_hash text NOT NULL,
        role text NOT NULL DEFAULT 'CUSTOMER' CONSTRAINT users_role CHECK (role IN ('CUSTOMER', 'ADMIN')),
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        updated_at timestamptz(3) NOT NULL DEFAULT now()
      )`);
    await queryRunner.query(`
      CREATE TABLE session_families (
        id uuid PRIMARY KEY DEFAULT uuidv7(),
        user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        user_agent text CONSTRAINT session_families_user_agent CHECK (char_length(user_agent) <= 512),
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        last_used_at timestamptz(3) NOT NULL DEFAULT now(),
        expires_at timestamptz(3) NOT NULL,
        revoked_at timestamptz(3),
        revoke_reason text CONSTRAINT session_families_revoke_reason
          CHECK (revoke_reason IN ('LOGOUT', 'REVOKED', 'TOKEN_REUSED', 'PASSWORD_CHANGED')),
        CONSTRAINT session_families_revocation CHECK ((revoked_at IS NULL) = (revoke_reason IS NULL))
      )`);
    await queryRunner.query(`
      CREATE INDEX session_families_of_user ON session_families (user_id, created_at, id)`);
    await queryRunner.query(`
      CREATE TABLE refresh_tokens (
        token_hash bytea PRIMARY KEY CONSTRAINT refresh_tokens_hash CHECK (octet_length(token_hash) = 32),
        family_id uuid NOT NULL REFERENCES session_families (id) ON DELETE CASCADE,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        used_at timestamptz(3)
      )`);
    await queryRunner.query(`
      CREATE INDEX refresh_tokens_of_family ON refresh_tokens (family_id)`);
    // A family has one token that works: two at once would be two thieves' or two owners' sessions in one.
    await queryRunner.query(`
      CREATE UNIQUE INDEX refresh_tokens_one_unused ON refresh_tokens (family_id) WHERE used_at IS NULL`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE refresh_tokens, session_families, users');
  }
}
