import { Migration } from '@mikro-orm/migrations'

/** The digest of what may be removed of an entry later; nobody can guess the text from it without the salt. */
const digest = (salt: string, value: string) => `encode(sha256(convert_to(${salt} || ${value}, 'UTF8')), 'hex')`
const origin = `json_build_array(e.ip_address, e.user_agent)::text`

/**
 * The chain of the audit log gets a table of its own, so that an entry is linked after its commit and no command waits
 * for another. It covers where somebody acted from by a salted digest, so that this can be removed. The present entries
 * are linked anew, with what may name somebody put apart; one that did not fit before does not fit afterwards.
 */
export class Migration20261219000000_audit_chain extends Migration {
  override up(): void {
    this.addSql(`
      create table audit_chain (
        seq bigint primary key,
        entry_id bigint not null unique,
        origin_digest text,
        personal_digest text,
        hash text not null
      )`)
    this.addSql(`create table audit_unsealed (entry_id bigint primary key)`)
    this.addSql(`
      create table audit_heads (
        seq bigint primary key,
        hash text not null,
        signed_at timestamptz(3) not null,
        key_id text not null,
        signature text not null
      )`)
    // The release before does not fill these.
    this.addSql(`
      alter table audit_log add column origin_salt text default gen_random_uuid()::text,
        add column personal json, add column personal_of bigint, add column personal_salt text default gen_random_uuid()::text`)
    this.addSql(`drop trigger audit_log_is_kept on audit_log`)
    this.addSql(`
      do $$
      declare
        e audit_log;
        nth bigint := 0;
        old_before text := '';
        before text := '';
        o text;
        p text;
        fits boolean;
        key text;
      begin
        for e in select * from audit_log order by id loop
          nth := nth + 1;
          fits := e.hash = encode(sha256(convert_to(old_before || json_build_array(e.user_id, e.action, e.resource,
            e.resource_id, e.details::text, e.ip_address, e.user_agent, extract(epoch from e.created_at) * 1000)::text,
            'UTF8')), 'hex');
          old_before := e.hash;
          key := case when e.resource = 'user' then 'reason' when e.resource = 'webhook' then 'host'
            when e.resource = 'export' then 'filters' end;
          if e.details -> key is not null then
            e.personal := json_build_object(key, e.details -> key);
            e.personal_of := case e.resource when 'user' then e.resource_id::bigint
              when 'webhook' then (e.details ->> 'user_id')::bigint else e.user_id end;
            e.details := (e.details::jsonb - key)::json;
            update audit_log set personal = e.personal, personal_of = e.personal_of, details = e.details where id = e.id;
          end if;
          o := ${digest('e.origin_salt', origin)};
          p := ${digest('e.personal_salt', `coalesce(e.personal::text, '')`)};
          before := case when fits then encode(sha256(convert_to(before || json_build_array(e.id, e.user_id, e.action,
            e.resource, e.resource_id, e.details::text, extract(epoch from e.created_at) * 1000, o, p,
            e.personal_of)::text, 'UTF8')), 'hex')
            else 'did not fit' end;
          insert into audit_chain values (nth, e.id, o, p, before);
        end loop;
      end $$`)
    // The old hashes cover addresses without a salt. The release before still writes the column.
    this.addSql(`alter table audit_log drop column hash`)
    this.addSql(`alter table audit_log add column hash text`)
    this.addSql(`
      create function audit_log_is_added() returns trigger language plpgsql as $$
      begin
        new.hash := null;
        execute format('insert into %I.audit_unsealed values ($1)', tg_table_schema) using new.id;
        return new;
      end $$`)
    this.addSql(`
      create trigger audit_log_is_added before insert on audit_log
      for each row execute function audit_log_is_added()`)
    for (const table of ['audit_chain', 'audit_heads'])
      this.addSql(`
        create trigger ${table}_is_kept before update or delete or truncate on ${table}
        for each statement execute function audit_log_is_kept()`)
    this.forget()
  }

  /** Entries may only lose what is personal, and only that of people whose erasure was asked for. */
  private forget(): void {
    this.addSql(`
      create trigger audit_log_is_kept before delete or truncate on audit_log
      for each statement execute function audit_log_is_kept()`)
    this.addSql(`
      create function audit_log_only_forgets() returns trigger language plpgsql as $$
      begin
        if (new.origin_salt is not null and row(new.origin_salt, new.ip_address, new.user_agent)
            is distinct from row(old.origin_salt, old.ip_address, old.user_agent))
          or (new.origin_salt is null and (new.ip_address is not null or new.user_agent is not null))
          or (new.personal_salt is not null and (new.personal_salt is distinct from old.personal_salt
            or new.personal::text is distinct from old.personal::text))
          or (new.personal_salt is null and new.personal is not null)
          or row(new.id, new.user_id, new.action, new.resource, new.resource_id, new.details::text, new.created_at, new.hash,
              new.personal_of)
            is distinct from
            row(old.id, old.user_id, old.action, old.resource, old.resource_id, old.details::text, old.created_at, old.hash,
              old.personal_of)
        then
          raise exception 'the audit log only grows';
        end if;
        return new;
      end $$`)
    this.addSql(`
      create trigger audit_log_only_forgets before update on audit_log
      for each row execute function audit_log_only_forgets()`)
    this.addSql(`create index audit_log_personal_idx on audit_log (personal_of) where personal_of is not null`)
    this.addSql(`create index audit_log_account_idx on audit_log (resource_id) where resource = 'user'`)
    this.addSql(`
      create function audit_log_forget(person bigint, most integer) returns integer
      language plpgsql security definer as $$
      declare
        done integer;
        more integer;
      begin
        if not exists (select from erasures where user_id = person) then
          raise exception 'person % is not to be erased', person;
        end if;
        update audit_log set ip_address = null, user_agent = null, origin_salt = null
        where id in (
          select id from audit_log
          where origin_salt is not null
            and (user_id = person or (user_id is null and resource = 'user' and resource_id = person::text))
          limit most);
        get diagnostics done = row_count;
        update audit_log set personal = null, personal_salt = null
        where id in (
          select id from audit_log
          where personal_salt is not null and personal_of = person limit most);
        get diagnostics more = row_count;
        return done + more;
      end $$`)
    this.addSql(`
      do $$ begin
        execute format('alter function audit_log_forget(bigint, integer) set search_path = %I, pg_temp', current_schema());
      end $$`)
    this.addSql(`revoke execute on function audit_log_forget(bigint, integer) from public`)
  }
}
