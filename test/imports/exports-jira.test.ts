import assert from 'node:assert/strict'
import { useExports } from '../suites/understanding.ts'

describe('exports of other programs', () => {
  const read = useExports()

  describe('of Jira', () => {
    const issues = (...rows: string[]) =>
      read(['Summary,Issue key,Status,Status Category,Resolution,Resolved,Due date', ...rows].join('\r\n'))
    for (const [row, status] of [
      ['A,X-1,Needs info,In Progress,,,', 'in_progress'],
      ['A,X-1,QA,In Progress,,,', 'review'],
      ['A,X-1,Rolled out,Done,,,', 'done'],
      ['A,X-1,Dropped,Done,,,', 'cancelled'],
      ['A,X-1,Closed,Done,Duplicate,,', 'cancelled'],
      ['A,X-1,Closed,Done,Cannot Reproduce,,', 'cancelled'],
      ['A,X-1,Closed,Done,Incomplete,,', 'cancelled'],
      ['A,X-1,Incomplete,,,,', 'todo'],
      ['A,X-1,Removed,,,,', 'cancelled'],
      ['A,X-1,Klart,Klart,Kommer inte att åtgärdas,,', 'cancelled'],
      ['A,X-1,Whatever,,Done,,', 'done'],
      ['A,X-1,Reopened,To Do,Fixed,,', 'todo'],
      ['A,X-1,Open,,Unresolved,,', 'todo'],
      ['A,X-1,Gone live,,,2026-01-02,', 'done'],
      ['A,X-1,En curso,En curso,,,', 'in_progress'],
      ['A,X-1,Fertig,Fertig,Wird nicht erledigt,,', 'cancelled'],
    ])
      it(`[IM23] reads ${row} as ${status}`, async () => {
        const { format, tasks } = await issues(row!)
        assert.deepEqual([format, tasks[0]!.status], ['jira', status])
      })

    it('[IM23] reads an unknown status as todo, and reports it', async () => {
      const { tasks, warned } = await issues('A,X-1,Parking lot,,,,')
      assert.deepEqual([tasks[0]!.status, warned.includes('2 status')], ['todo', true])
    })

    for (const [language, header] of Object.entries({
      German:
        'Zusammenfassung,Vorgangsschlüssel,Vorgangstyp,Status,Priorität,Zugewiesene Person,Fälligkeitsdatum,Beschreibung,Statuskategorie',
      French:
        "Résumé,Clé de ticket,Type de ticket,État,Priorité,Responsable,Date d'échéance,Description,Catégorie d'état",
      Portuguese:
        'Resumo,Chave da item,Tipo de item,Status,Prioridade,Responsável,Data de vencimento,Descrição,Categoria do status',
      Italian:
        'Riepilogo,Chiave ticket,Tipo di ticket,Stato,Priorità,Assegnatario,Data di scadenza,Descrizione,Categoria di stato',
      Dutch:
        'Samenvatting,Issuesleutel,Type issue,Status,Prioriteit,Toegewezen persoon,Vervaldatum,Beschrijving,Statuscategorie',
      Swedish:
        'Sammanfattning,Ärendenyckel,Ärendetyp,Status,Prioritet,Ansvarig,Förfallodatum,Beskrivning,Statuskategori',
      Turkish: 'Özet,Anahtar,Sorun Türü,Durum,Öncelik,Atanan,Bitiş tarihi,Açıklama,Durum Kategorisi',
      Czech: 'Souhrn,Klíč požadavku,Typ požadavku,Stav,Priorita,Řešitel,Termín dokončení,Popis,Kategorie stavu',
      Polish:
        'Podsumowanie,Klucz zgłoszenia,Typ zgłoszenia,Status,Priorytet,Osoba przypisana,Termin wykonania,Opis,Kategoria statusu',
      Russian: 'Тема,Ключ проблемы,Тип задачи,Статус,Приоритет,Исполнитель,Срок исполнения,Описание,Категория статуса',
      Japanese: '要約,課題キー,課題タイプ,ステータス,優先度,担当者,期限,説明,ステータス カテゴリ',
      Chinese: '概要,问题关键字,类型,状态,优先级,经办人,到期日,描述,状态类别',
      Korean: '요약,이슈 키,이슈 유형,상태,우선 순위,담당자,기한,설명,상태 카테고리',
    }))
      it(`[IM22] recognises an export of Jira in ${language}`, async () => {
        const { format, tasks } = await read(
          `${header}\nA,X-1,Bug,whatever,Highest,ann,12/03/26 14:30,text,In Progress\n,,,,,,13/03/26 14:30,,\n`,
        )
        assert.equal(format, 'jira')
        const { title, category, status, priority, due_date, description, assignees } = tasks[0]!
        assert.deepEqual(
          [title, category, status, priority, due_date, description, assignees],
          ['A', 'Bug', 'in_progress', 'urgent', '2026-03-12T14:30:00.000Z', 'text', [['ann']]],
        )
      })

    for (const header of [
      'Sammanfattning,Ärendenyckel,Status,Lösning',
      'Özet,Sorun anahtarı,Durum,Çözüm',
      'Souhrn,Klíč požadavku,Stav,Řešení',
      'Resumo,Chave da item,Status,Resolução',
    ])
      it(`[IM23] reads the resolution in ${header}, and says nothing of each key`, async () => {
        const { tasks, warned, leftOut } = await read(`${header}\nA,X-1,Closed,Won't Do\n`)
        assert.deepEqual([tasks[0]!.status, warned, Object.values(leftOut)], ['cancelled', [], [1]])
      })

    it('[IM24] accepts thousands of columns with the same name, and counts their values', async () => {
      const more = (text: string) => `,${Array.from({ length: 3_000 }, () => text).join()}`
      const { leftOut, tasks, report } = await read(
        `Summary,Issue key,Labels,Labels,Attachment${more('Comment')}\nA,X-1,a,b,${more('')}\nB,X-2,c,,file${more('text')}\n`,
      )
      assert.equal(tasks.length, 2)
      assert.deepEqual(leftOut, { 'issue key': 2, labels: 3, attachment: 1, comment: 3_000 })
      assert.ok(
        !report.warnings.some(({ field }) => field === 'issue key'),
        'internal columns of Jira are only counted',
      )
      assert.ok(report.warnings.some(({ field, message }) => field === 'comment' && /3000/.test(message)))
      await assert.rejects(read(`Summary,Issue key${more('x').repeat(7)}\nA,X-1\n`), /at most 20000/)
    })

    it('[IM22] refuses an export in an unknown language with what to do', () =>
      assert.rejects(
        read('Achoimre,Eochair,Stádas\nA,X-1,Oscailte\n', 'jira.csv'),
        /Jira in another language: choose English/,
      ))

    const due = async (...dates: string[]) => {
      const { tasks, report } = await issues(...dates.map(date => `A,X-1,Open,,,,"${date}"`))
      return {
        days: tasks.map(({ due_date }) => due_date?.slice(0, 16) ?? null),
        warnings: report.warnings.filter(({ field }) => field === 'due_date'),
      }
    }
    it('[IM25] reads dates in every form that Jira and spreadsheets use', async () => {
      const { days, warnings } = await due(
        '31/Jan/26 2:30 PM',
        '31/Jan/26 14:30',
        '31/janv./26 14:30',
        '31/ene/26 2:30 PM',
        '31/янв/26 14:30',
        '2026-01-31 14:30:05.0',
        '1/31/2026 14:30',
        '31-01-2026 14:30',
        '31.01.2026 14:30',
        '2026/01/31 14:30',
        '2026年1月31日 14:30',
        'Jan 31, 2026 2:30 PM',
        '31.янв.26 14:30',
        '31.Jan.2026 14:30',
      )
      assert.deepEqual([new Set(days), warnings], [new Set(['2026-01-31T14:30']), []])
    })
    it('[IM25] learns from other dates whether day or month comes first, and reports dates where that matters', async () => {
      const { days, warnings } = await due('02/03/2026', '25/12/2026')
      assert.deepEqual([days, warnings.map(({ line }) => line)], [['2026-03-02T00:00', '2026-12-25T00:00'], [2]])
      const american = await due('02/03/2026', '12/25/2026')
      assert.equal(american.days[0], '2026-02-03T00:00')
    })
    it('[IM25] reads the number by which Excel keeps a day as that day, and reports it', async () => {
      const { days, warnings } = await due('46053', '46053.604166667', '46053,25')
      assert.deepEqual(days, ['2026-01-31T00:00', '2026-01-31T14:30', '2026-01-31T06:00'])
      assert.equal(warnings.length, 3)
      assert.deepEqual((await due('7', '123456')).days, [null, null])
    })
    it('[IM25] leaves out a date that cannot be read without losing the task, and reports how to write it', async () => {
      const { days, warnings } = await due('next week', '30/Feb/26', '02/03/2026')
      assert.deepEqual(days, [null, null, null])
      for (const { message } of warnings) assert.match(message, /31\/Jan\/26/)
      assert.equal(warnings.length, 3)
    })
  })
})
