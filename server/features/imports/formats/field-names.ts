import { fold } from '../../../../contract/index.ts'

/** The field of a task that a column or a key can mean. */
export type Field =
  | 'title'
  | 'description'
  | 'status'
  | 'status_category'
  | 'resolution'
  | 'completed'
  | 'priority'
  | 'category'
  | 'section'
  | 'due_date'
  | 'assignee'
  | 'assignee_email'

/**
 * What other programs call the field (Jira, GitHub, GitLab, Linear, Asana, Todoist, Trello, Planner, ClickUp, Notion,
 * Redmine, Azure, Outlook …) in English and some thirty other languages. When a file has several of them, the first
 * counts. Compared without case, accents, spaces and punctuation.
 */
const names: Record<Field, string> = {
  title: `title, summary, task name, card name, card title, work item title, task title, issue title, task, name, subject, content, headline, todo, to do, item,
    titel, zusammenfassung, aufgabe, aufgabenname, betreff, bezeichnung, vorgang,
    titre, résumé, tâche, nom de la tâche, nom, sujet, intitulé,
    título, resumen, tarea, nombre de la tarea, nombre, asunto, resumo, tarefa, nome da tarefa, nome, assunto,
    titolo, riepilogo, attività, nome attività, oggetto, samenvatting, taak, taaknaam, naam, onderwerp,
    tytuł, podsumowanie, zadanie, nazwa zadania, nazwa, temat,
    название, заголовок, резюме, тема, задача, название задачи, сводка,
    タイトル, 要約, 件名, タスク, タスク名, 題名, 课题名称, 标题, 摘要, 概要, 任务, 任务名称, 主题, 標題, 任務, 제목, 요약, 작업, 할 일,
    sammanfattning, uppgift, rubrik, sammendrag, oppgave, opgave, overskrift, emne, yhteenveto, tehtävä, otsikko, souhrn, shrnutí, úkol, název, özet, görev, başlık, konu, összefoglaló, feladat, cím, rezumat, sarcină, titlu, назва, завдання, περίληψη, εργασία, τίτλος, תקציר, כותרת, משימה, ملخص, الملخص, عنوان, العنوان, مهمة, المهمة, اسم المهمة, शीर्षक, कार्य, tiêu đề, công việc, judul, tugas, ชื่อ, งาน`,
  description: `description, card description, task description, issue description, task content, notes, note, details, body, text,
    beschreibung, notizen, notiz, details zur aufgabe, remarque, description de la tâche,
    descripción, notas, nota, detalles, descrição, detalhes, descrizione, dettagli, beschrijving, notities, omschrijving,
    opis, notatki, описание, заметки, примечание, 説明, 詳細, メモ, 描述, 说明, 备注, 描述內容, 설명, 내용, 메모,
    beskrivning, beskrivelse, kuvaus, popis, açıklama, leírás, descriere, опис, περιγραφή, תיאור, وصف, الوصف, विवरण, mô tả, deskripsi, รายละเอียด`,
  status: `status, state, task status, issue status, progress, column, board column, workflow state,
    zustand, bearbeitungsstatus, fortschritt, statut, état, avancement, estado, situação, progreso, stato, voortgang, stan,
    статус, состояние, ステータス, 状態, 状況, 进度, 状态, 狀態, 상태,
    tila, stav, durum, állapot, stare, статус, κατάσταση, סטטוס, מצב, حالة, الحالة, وضعیت, स्थिति, trạng thái, สถานะ`,
  status_category: `status category, statuskategorie, status kategorie, catégorie d'état, catégorie de statut, catégorie d'état du ticket,
    categoría de estado, categoria de estado, categoria de status, categoria do status, categoria di stato, categoria stato, statuscategorie,
    kategoria statusu, категория статуса, ステータス カテゴリ, ステータス カテゴリー, 状态类别, 狀態類別, 상태 범주, 상태 카테고리,
    statuskategori, tilaluokka, kategorie stavu, durum kategorisi, állapotkategória`,
  resolution: `resolution, lösung, erledigung, résolution, resolución, resolução, risoluzione, oplossing, rozwiązanie, резолюция, решение,
    解決状況, 解決, 解决结果, 解决方案, 해결, 해결책,
    lösning, løsning, ratkaisu, řešení, riešenie, çözüm, megoldás, rezoluție, rezolvare, вирішення, επίλυση, פתרון, הפתרון, القرار, الحل, giải pháp`,
  completed: `completed, due complete, completed at, completed on, completed date, completion date, date completed, is completed, done, is done, checked,
    finished, closed, closed at, closed at utc, closed date, resolved, resolution date, resolved at,
    erledigt, erledigt am, abgeschlossen, abgeschlossen am, fertig, gelöst, terminé, terminé le, achevé, résolu, résolue, date de fin réelle,
    completado, completada, terminado, resuelto, resuelta, fecha de finalización, concluído, concluída, concluído em, resolvido, resolvida,
    completato, risolto, voltooid, voltooid op, afgerond, opgelost, ukończono, rozwiązano, выполнено, завершено, решено, дата решения,
    完了, 完了日, 解決日, 已完成, 完成, 完成日期, 已解决, 완료, 완료일, 해결됨`,
  priority: `priority, priority label, priority name, priority level, task priority, importance, severity, prio, urgency, priorität, wichtigkeit, dringlichkeit, priorité, importance, prioridad, importancia,
    prioridade, importância, priorità, prioriteit, priorytet, приоритет, важность, 優先度, 优先级, 優先級, 优先程度, 우선 순위, 우선순위, 중요도,
    prioritet, prioriteetti, priorita, öncelik, prioritás, prioritate, пріоритет, προτεραιότητα, עדיפות, أولوية, الأولوية, प्राथमिकता, độ ưu tiên, prioritas, ความสำคัญ`,
  category: `category, categories, issue type, work item type, work type, tracker, type, issuetype,
    kategorie, vorgangstyp, typ, catégorie, type de ticket, type de demande, categoría, tipo de incidencia, tipo,
    tipo de actividad, categoria, tipo de item, tipo de ticket, tipo di ticket, tipo segnalazione, categorie, issuetype, type issue,
    kategoria, typ zgłoszenia, категория, тип задачи, тип запроса, тип, трекер, 種別, カテゴリ, カテゴリー, 課題タイプ, 课题类型, 问题类型, 事务类型, 分类, 类别, 类型, 問題類型, 유형, 이슈 유형, 카테고리,
    kategori, ärendetyp, sagstype, sakstype, tyyppi, luokka, typ požadavku, sorun türü, tür, típus, kategória, tip, категорія, κατηγορία, קטגוריה, סוג, فئة, نوع, loại, danh mục, jenis, หมวดหมู่`,
  section: `section, section/column, list, list name, bucket, bucket name, group, board list, abschnitt, bereich, liste, sección, lista, seção,
    sezione, sectie, sekcja, раздел, список, колонка, セクション, リスト, 部分, 列表, 섹션, 목록`,
  due_date: `due_date, due date, due, due on, due at, deadline, due by, date due, target date, end date, finish date,
    fällig, fällig am, fälligkeitsdatum, fälligkeit, frist, termin, enddatum, date d'échéance, échéance, date limite, date de fin,
    fecha de vencimiento, vencimiento, fecha límite, fecha de entrega, data de vencimento, vencimento, data limite, prazo, data de entrega,
    data di scadenza, scadenza, vervaldatum, einddatum, inleverdatum, termin wykonania, data ukończenia, termin końcowy,
    срок, срок исполнения, крайний срок, дата завершения, дедлайн, 期限, 期日, 締切, 締め切り, 期限日, 到期日, 截止日期, 截止时间, 到期日期, 截止日, 기한, 마감일, 만기일, 기한일,
    förfallodatum, slutdatum, forfaldsdato, forfallsdato, frist, määräpäivä, eräpäivä, termín, termín dokončení, bitiş tarihi, son tarih, vade tarihi, határidő, data scadentă, termen, термін, προθεσμία, תאריך יעד, تاريخ الاستحقاق, الموعد النهائي, hạn chót, ngày đến hạn, jatuh tempo, tenggat, กำหนดส่ง`,
  assignee: `assignee, assigned to, assignees, members, assigned members, assign, owner, responsible, assignee username, assigned user, assignee name, person, who,
    zugewiesene person, zuständig, bearbeiter, zugewiesen an, zugewiesen, verantwortlich, zuständige person,
    responsable, assigné à, attribué à, attribution, personne assignée, assigné, personne attribuée,
    persona asignada, asignado a, asignado, responsável, atribuído a, pessoa designada, atribuído, assegnatario, assegnato a, responsabile,
    toegewezen aan, toegewezen persoon, verantwoordelijke, przypisany, osoba przypisana, przypisano do,
    исполнитель, ответственный, назначено, 担当者, 担当, 经办人, 负责人, 指派给, 執行者, 經辦人, 담당자,
    ansvarig, tilldelad, ansvarlig, tildelt, vastuuhenkilö, käsittelijä, řešitel, přiřazeno, atanan, atanan kişi, felelős, responsabil, виконавець, υπεύθυνος, אחראי, المسؤول, người phụ trách, penanggung jawab, ผู้รับผิดชอบ`,
  assignee_email: `assignee email, assignee e-mail, e-mail der zugewiesenen person, assigned to email`,
}

const plain = (name: string) =>
  fold(name)
    .normalize('NFKD')
    .replace(/[^\p{L}\p{N}]/gu, '')

const known = new Map<string, { field: Field; rank: number }>()
for (const [field, all] of Object.entries(names))
  for (const [rank, name] of all.split(',').entries())
    if (!known.has(plain(name))) known.set(plain(name), { field: field as Field, rank })

export const fieldNamed = (name: string): Field | undefined => known.get(plain(name))?.field

/** Which of these names stands for which field; when several do, the first in the list above wins. */
export function fieldsIn(given: readonly string[]): Map<string, Field> {
  const best = new Map<Field, { name: string; rank: number }>()
  for (const name of given) {
    const found = known.get(plain(name))
    if (found && found.rank < (best.get(found.field)?.rank ?? Infinity))
      best.set(found.field, { name, rank: found.rank })
  }
  return new Map([...best].map(([field, { name }]) => [name, field]))
}

/** An export of Jira contains the key of each issue, under this name in any language. */
const summaries = new Set(
  `summary, zusammenfassung, résumé, resumen, resumo, riepilogo, samenvatting, podsumowanie, sammanfattning, sammendrag, yhteenveto, souhrn, shrnutí, özet, összefoglaló, rezumat, περίληψη, תקציר, ملخص, резюме, тема, сводка, 要約, 摘要, 概要, 요약`
    .split(',')
    .map(plain),
)
const keys = new Set(
  `issue key, issue id, issue type, work item key, key, vorgangsschlüssel, schlüssel, vorgangschlüssel, vorgangs id, vorgang id, clé de ticket, clé du ticket, clé, clé de demande, id de ticket,
  clave de incidencia, clave, clave de la incidencia, chave da item, chave, chave de item, chave do item, chave da questão, chiave ticket, chiave, chiave segnalazione,
  ärendenyckel, nyckel, sagsnøgle, nøgle, saksnøkkel, nøkkel, avain, klíč, klíč požadavku, anahtar, sorun anahtarı, kulcs, cheie, κλειδί, מפתח, مفتاح, issuesleutel, sleutel, klucz zgłoszenia, klucz, ключ запроса, ключ проблемы, код, ключ, ключ задачи, 課題キー, キー, 问题关键字, 关键字, 密钥, 事项关键字, 問題鍵值, 이슈 키, 이슈 ID, 키,
  id de la incidencia, id da item, id ticket, id zgłoszenia, id požadavku, sorun kimliği, ärende-id, 課題 id, 问题 id, id проблемы`
    .split(',')
    .map(plain),
)
/** The key or the number that Jira gives an issue. */
export const isJiraKey = (name: string): boolean => keys.has(plain(name))

export const areOfJira = (given: readonly string[]) =>
  given.some(name => summaries.has(plain(name))) && given.some(name => keys.has(plain(name)))

export const isField = (name: string): name is Field => Object.hasOwn(names, name)

/** The columns by their fields. A second column for a field that has one already gets a number. */
export function namedByField(given: readonly string[]): string[] {
  const fields = fieldsIn(given)
  return given.map(name => fields.get(name) ?? (isField(name) ? `${name} (2)` : name))
}

/** Whether all recognised names are our own names. */
export const areOurs = (given: readonly string[]): boolean =>
  [...fieldsIn(given)].every(([name, field]) => name.toLowerCase() === field)
