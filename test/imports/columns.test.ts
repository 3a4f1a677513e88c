import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { understood } from '../suites/understanding.ts'

describe('files with columns, in the forms that people have', () => {
  let folder: string
  before(async () => void (folder = await mkdtemp(path.join(tmpdir(), 'taskwire-'))))
  after(() => rm(folder, { recursive: true }))
  const read = (content: string | Buffer, name?: string) => understood(folder, content, name)
  const titles = async (content: string | Buffer) => (await read(content)).tasks.map(({ title }) => title)

  for (const [what, content] of Object.entries({
    'CRLF first and LF later': 'title,status\r\nA,done\nB,todo\nC,\n',
    'LF first and CRLF later': 'title,due_date\nA,2026-03-05\r\nB,2026-03-06\r\nC,\r\n',
    'CR, as old Macs write it': 'title,status\rA,done\rB,todo\rC,',
    'another line end in each row': 'title,status\r"A",done\n"B","todo"\r\nC,"done"\r',
    'blank rows of a spreadsheet': 'title;status\r\nA;done\r\n;\r\n \r\nB;\r\n"";""\r\n C ;todo\r\n;;;\r\n',
    'an extra separator in each row': 'title,status\nA,done,\nB,,,,\nC,todo,"",\n',
    'empty columns after the last': 'title;status;;\nA;done;;\nB;;;\nC;todo\n',
    '“sep=;” before the names': 'sep=;\r\nTitle;Status\r\nA;done\r\nB;\r\nC;\r\n',
    'a quoted “sep=” for tabs': '"sep=\t"\r\nTitle\tStatus\r\nA\tdone\r\nB\r\nC\r\n',
    '“sep=|” before the names': 'SEP=|\nTitle|Notes\nA|x,y\nB|\nC|\n',
    'blank lines before the names': '\n\r\n  \r\ntitle;notes\r\nA;x,y\r\nB;\r\nC;',
    'comments before the names': '# exported 3.3.2026, by ann\n// of the board\ntitle,status\nA,\nB,\nC,\n',
    'quoted names that contain a separator': '"Title, or name";"Title";"Notes, more"\nx;A;\nx;B;\nx;C;\n',
    'names in capitals with spaces around them': ' TITLE , STATUS \nA,\nB,\nC,\n',
    'spaces around quotations': 'title, status, notes\n"A", "done" , "x, y"\n "B",todo,\nC, ""," z "\n',
    'the Ctrl-Z of old systems at the end': 'title,status\r\nA,done\r\nB,todo\r\nC,\r\n\u001a\0\0',
    'rows of invisible characters': 'title,status\nA,done\n\u200b,\ufeff\nB,\nC,\n',
    'pipes as separators': 'Status|Task Name\ndone|A\n|B\n|C\n',
  }))
    it(`[IM21] reads a file with ${what}`, async () => {
      const { tasks, report, warned } = await read(content)
      assert.deepEqual(
        tasks.map(({ title }) => title.trim()),
        ['A', 'B', 'C'],
      )
      assert.deepEqual([report.errors, warned.filter(text => !/name|title/.test(text))], [[], []])
    })

  it('[IM21] skips a caption before the names of the columns, and reports it', async () => {
    const { tasks, warned, lines } = await read(
      'Open points of the team;;\r\n\r\nTask;Owner;Due\r\nA;ann;31.12.2026\r\n',
    )
    assert.deepEqual([tasks.length, lines, warned], [1, [4], ['1 row']])
  })

  it('[IM21] refuses a row of more fields than there are columns, as that row', async () => {
    const { report, tasks } = await read('title,status\nA,done,more\nB,done\n')
    assert.deepEqual(
      [tasks.length, report.errors[0]],
      [1, { line: 2, field: 'row', message: 'has 3 fields, and there are 2 columns' }],
    )
  })

  it('[IM21] counts lines across line ends of every kind, and those before the names of the columns', async () => {
    const { lines } = await read('sep=,\r\n# x\ntitle,notes\r\n"A","two\r\nlines"\nB,\r\n\r\nC,"x\ny"\r\nD,\n')
    assert.deepEqual(lines, [4, 6, 8, 10])
  })

  it('[IM21] reads a file in many pieces like a file in one', async () => {
    const rows = Array.from({ length: 5_000 }, (_, nth) => `"Row ${nth}, it is",${nth % 2 ? 'done' : 'todo'}`)
    assert.equal((await titles(`\n"title",status\r\n${rows.join('\r\n')}`)).length, 5_000)
  })

  const headers: [string, string, object][] = [
    [
      'Asana',
      'Task ID,Completed At,Name,Section/Column,Assignee Email,Due Date,Tags,Notes\n1,2026-01-02,A,Doing,a@x.example,2026-05-06,x,text',
      { status: 'done', category: 'Doing' },
    ],
    [
      'Asana, still open',
      'Task ID,Completed At,Name,Section/Column,Due Date,Notes\n1,,A,In Progress,2026-05-06,text',
      { status: 'in_progress', category: 'In Progress' },
    ],
    [
      'Linear',
      '"ID","Title","Description","Status","Priority","Due Date"\n"X-1","A","text","In Review","Urgent","Wed May 06 2026 00:00:00 GMT+0000 (GMT)"',
      { status: 'review', priority: 'urgent' },
    ],
    [
      'GitLab',
      'Issue ID,Title,State,Description,Due Date,Closed At (UTC)\n1,A,Closed,text,2026-05-06,2026-05-07 10:00:00',
      { status: 'done' },
    ],
    [
      'Planner',
      'Task Name;Bucket Name;Progress;Priority;Due Date;Description\nA;Kitchen;In progress;Important;05/06/2026;text\nB;x;50%;Low;05/31/2026;text',
      { status: 'in_progress', priority: 'high', category: 'Kitchen' },
    ],
    [
      'a list in German',
      'Aufgabe;Beschreibung;Status;Priorität;Fällig am\nA;text;in Arbeit;hoch;06.05.2026',
      { status: 'in_progress', priority: 'high' },
    ],
    [
      'a list in French',
      'Tâche;Description;État;Priorité;Échéance\nA;text;Terminé;Élevée;06/05/2026\nB;text;;;31/05/2026',
      { status: 'done', priority: 'high' },
    ],
    [
      'a list in Portuguese',
      'Tarefa,Descrição,Situação,Prioridade,Prazo\nA,text,Não iniciado,Baixa,06/05/2026\nB,,,,31/05/2026',
      { status: 'todo', priority: 'low' },
    ],
    [
      'a list in Turkish, in capitals',
      'BAŞLIK;AÇIKLAMA;DURUM;ÖNCELİK;BİTİŞ TARİHİ\nA;text;YAPILIYOR;YÜKSEK;06.05.2026',
      { status: 'in_progress', priority: 'high' },
    ],
    [
      'a list in Japanese',
      '件名,説明,状態,優先度,期限\nA,text,未完了,高,2026年5月6日',
      { status: 'todo', priority: 'high' },
    ],
    [
      'a list in Russian',
      'Название;Описание;Статус;Приоритет;Срок\nA;text;В работе;Срочно;06.05.2026',
      { status: 'in_progress', priority: 'urgent' },
    ],
    [
      'Trello (CSV)',
      'Card ID,Card Name,Card Description,List Name,Due Date,Due Complete\n1,A,text,Doing,2026-05-06T00:00:00.000Z,true',
      { status: 'done', category: 'Doing' },
    ],
    [
      'Redmine',
      '#,Tracker,Status,Subject,Description,Due date\n7,Bug,Resolved,A,text,2026-05-06',
      { status: 'done', category: 'Bug' },
    ],
    [
      'Bugzilla',
      'Bug ID,Summary,Description,Status,Resolution,Due Date\n7,A,text,RESOLVED,WONTFIX,2026-05-06',
      { status: 'cancelled' },
    ],
  ]
  for (const [what, content, expected] of headers)
    it(`[IM22] understands the names of columns of ${what}`, async () => {
      const { tasks, report } = await read(`${content}\n`)
      assert.deepEqual(report.errors, [])
      const { title, description, due_date } = tasks[0]!
      assert.deepEqual([title, description, due_date], ['A', 'text', '2026-05-06T00:00:00.000Z'])
      for (const [field, value] of Object.entries(expected)) assert.equal(tasks[0]![field as 'status'], value)
    })

  it('[IM22] prefers our own name when two columns give one field, and reports the other', async () => {
    const { tasks, leftOut } = await read('Name,title,Notes,description,constructor\nx,A,y,text,z\n')
    assert.deepEqual([tasks[0]!.title, tasks[0]!.description], ['A', 'text'])
    assert.deepEqual(leftOut, { name: 1, notes: 1, constructor: 1 })
  })

  it('[IM22] refuses unknown values under our own names, and reports them under the names of other programs', async () => {
    const ours = await read('title,status,priority,due_date\nA,parked,odd,soon\n')
    assert.deepEqual(
      ours.report.errors.map(({ field }) => field),
      ['status', 'priority', 'due_date'],
    )
    assert.match(ours.report.errors[2]!.message, /a day such as 2026-01-31/)
    const theirs = await read('Task Name,Status,Priority,Due Date\nA,parked,odd,soon\nB,,,\n')
    assert.deepEqual([theirs.report.errors, theirs.warned], [[], ['2 due_date', '2 status', '2 priority']])
    const { status, priority, due_date } = theirs.tasks[0]!
    assert.deepEqual([status, priority, due_date], ['todo', 'medium', null])
  })

  it('[IM24] counts the labels in one cell one by one', async () => {
    const { leftOut } = await read('title,Labels,Tags\nA,"bug, ui",\nB,,a;b;c\nC,,\n')
    assert.deepEqual(leftOut, { labels: 2, tags: 3 })
  })

  it('[IM22] reads at most twenty people from a row', async () => {
    const { tasks, warned } = await read(`title,assignee\nA,"${'x,'.repeat(100_000)}"\n`)
    assert.deepEqual([tasks[0]!.assignees.length, warned], [20, ['2 assignee']])
  })

  it('[IM22] finds people by every name that their row gives', async () => {
    const { tasks } = await read(
      'title,assignee,assignee email\nA,ann,ann@x.example\nB,"Ann <ann@x.example>",\nC,"ann, bob",\n',
    )
    assert.deepEqual(
      tasks.map(({ assignees }) => assignees),
      [[['ann@x.example', 'ann']], [['Ann <ann@x.example>', 'ann@x.example']], [['ann, bob', 'ann'], ['bob']]],
    )
  })

  it('[IM21] reads lines of JSON whatever ends each of them', async () => {
    const { tasks, lines } = await read(
      '{"title":"A"}\r{"title":"B"}\r\n\r\n{"title":"C"}\n{"title":"D"}\r',
      'a.ndjson',
    )
    assert.deepEqual(
      [tasks.map(({ title }) => title), lines],
      [
        ['A', 'B', 'C', 'D'],
        [1, 2, 4, 5],
      ],
    )
  })

  for (const header of ['العنوان,الحالة', 'शीर्षक,स्थिति', 'اسم المهمة,Priority Level'])
    it(`[IM22] understands the columns ${header}`, async () =>
      assert.equal((await read(`${header}\nA,\n`)).tasks.length, 1))

  for (const [what, field, value] of [
    ['an assignee of signs', 'assignee', `<${'@'.repeat(300_000)}`],
    ['very many assignees', 'assignee', 'a,'.repeat(150_000)],
    ['a completion of spaces', 'completed', `${' '.repeat(300_000)}x`],
    ['a status of spaces', 'task status', `${' '.repeat(300_000)}x`],
    ['a day of spaces', 'deadline', `1${' '.repeat(300_000)}.1.2026`],
    ['labels of brackets', 'labels', `[${'] '.repeat(150_000)}x`],
  ] as const)
    it(`[IM17] reads ${what} in time`, async () => {
      const { tasks } = await read(`title,${field}\nA,"${value}"\n`)
      assert.equal(tasks.length, 1)
    })

  it('[IM3] says in plain words what a status may be', async () => {
    const { report } = await read('title,status\nA,whatever\n')
    assert.equal(report.errors[0]!.message, 'must be one of todo, in_progress, review, done, cancelled')
  })

  const western = (text: string) => Buffer.from(text, 'latin1')
  it('[IM27] reads Windows-1252 as such, but not in JSON', async () => {
    const { tasks, encoding } = await read(
      Buffer.concat([western('title;notes\r\nÜber die Brücke;l\xe0-bas, '), Buffer.from([0x80, 0x93, 0x94])]),
    )
    assert.deepEqual(
      [encoding, tasks[0]!.title, tasks[0]!.description],
      ['windows-1252', 'Über die Brücke', 'là-bas, €“”'],
    )
    await assert.rejects(read(western('[{"title":"Brücke"}]'), 'a.json'), /not UTF-8/)
  })

  for (const [what, bytes] of Object.entries({
    Cyrillic: [0xc7, 0xe0, 0xe4, 0xe0, 0xf7, 0xe0, 0x3b, 0xea, 0xf3, 0xef, 0xe8, 0xf2, 0xfc],
    Polish: [...western('zam'), 0xf3, 0x77, 0x69, 0xe6, 0x20, 0x6b, 0x73, 0x69, 0xb9, 0x7a, 0x6b, 0x65],
    Japanese: [0x8d, 0xc5, 0x8f, 0x89, 0x82, 0xcc, 0x8e, 0x64, 0x8e, 0x96],
    'the text of an old Mac': [...western('Gr'), 0x9a, 0xa7, ...western('e pr'), 0x9f, ...western('fen')],
    'damaged UTF-8': [...Buffer.from('Größe prüfen, süß wie Öl'), 0xc3],
    'binary data': [0xff, 0xfe, 0x41, 0x00],
  }))
    it(`[IM27] does not read ${what} as Windows-1252, and reports what to do`, () =>
      assert.rejects(read(Buffer.concat([Buffer.from('title;notes\r\n'), Buffer.from(bytes)])), /save it as CSV UTF-8/))

  it('[IM27] says what to do when the names of the columns are in another encoding', () =>
    assert.rejects(
      read(Buffer.from([0xcd, 0xe0, 0xe7, 0xe2, 0x3b, 0xd1, 0xf0, 0xee, 0xea, 0x0a, 0x41, 0x3b]), 'export'),
      {
        fields: { file: ['is not UTF-8, so the names of its columns cannot be read: save it as CSV UTF-8'] },
      },
    ))
})
