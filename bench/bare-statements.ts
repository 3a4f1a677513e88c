const columns = `t.id, t.title, t.description, t.status, t.priority, t.category, t.project_id, t.assignee_id, t.due_date,
  t.position, t.version, t.created_by, t.updated_by, t.created_at, t.updated_at, t.completed_at`

/** The statements that an engineer who knows PostgreSQL would write by hand to answer in one round trip. */
export const statements = {
  /**
   * Writes the event and the outbox row too, so that the same rows are written as by the server, all in one statement.
   */
  create: `
    with made as (
      insert into tasks as t (id, position, title, description, category, priority, project_id, created_by, updated_by,
        created_at, updated_at)
      select id, id * 1024::float8, $1, $2, $3, $4::smallint, (select id from projects where slug = $5), 1000000,
        1000000, $6::timestamptz, $6::timestamptz
      from nextval(pg_get_serial_sequence('tasks', 'id')) as id returning ${columns}),
    told as (
      select 'p' || project_id as scope, json_build_object('task', row_to_json(made), 'created_by', created_by) as payload
      from made),
    logged as (
      insert into event_log ("offset", at, command, bulk, event, scope, payload)
      select nextval('bare_offsets'), $6::timestamptz, 0, false, 'task_created', scope, payload from told),
    boxed as (
      insert into outbox (at, bulk, names, scopes, payloads, reaches)
      select $6::timestamptz, false, array['task_created'], array[scope], array[payload::text], array[null::text]
      from told)
    select * from made`,

  get: `select ${columns}, p.slug as project from tasks t left join projects p on p.id = t.project_id where t.id = $1`,

  /** Never prepared by name, because the best plan depends on the word and the categories. */
  list: `
    with hits as materialized (
      select t.id, t.created_at from tasks t
      where t.category = any($1) and t.priority = $2 and t.created_at between $3 and $4 and t.search @@ search_query($5)),
    page as (select id from hits order by created_at desc, id desc limit 25 offset $6)
    select ${columns}, p.slug as project, (select count(*) from hits) as total
    from page join tasks t using (id) left join projects p on p.id = t.project_id
    order by t.created_at desc, t.id desc`,

  bulk: `
    with held as (select id from tasks where id = any($1) order by id for update),
    changed as (
      update tasks t set category = $2, version = version + 1, updated_at = $3::timestamptz
      from held where t.id = held.id returning ${columns}),
    told as (
      select 'p' || project_id as scope, json_build_object('task_id', id, 'task', row_to_json(changed),
        'updated_by', updated_by, 'changed', json_build_array('category')) as payload
      from changed),
    logged as (
      insert into event_log ("offset", at, command, bulk, event, scope, payload)
      select nextval('bare_offsets'), $3::timestamptz, 0, true, 'task_updated', scope, payload from told),
    boxed as (
      insert into outbox (at, bulk, names, scopes, payloads, reaches)
      select $3::timestamptz, true, array_agg('task_updated'::text), array_agg(scope), array_agg(payload::text),
        array_agg(null::text)
      from told)
    select count(*) from changed`,

  emptyOutbox: 'delete from outbox',
}
