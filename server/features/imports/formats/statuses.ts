import type { TaskStatus } from '../../../../contract/index.ts'
import { wordsFor } from './words.ts'

/** `Not done`, `nicht begonnen`, `未完了`. */
const negated =
  /(^| )(not|no|never|un|nicht|noch nicht|nie|pas|non|nao|sin|sem|niet|nie|ne|не|еще не|ще не|ikke|inte|ej|ei|ne|nem|לא|لم|chưa|belum|δεν) |(^| )(not|nicht|no|non|nao|pas) ?$|[未没沒]|안 |미완/u

/** What other boards call our statuses. */
const words = wordsFor<TaskStatus>(
  {
    todo: `to do, todo, to-do, backlog, not started, incomplete, selected for development, ready for development, ready for dev, unresolved, ungelöst, sin resolver, non résolu, não resolvido, ready to start, reopened, waiting, to be done, up next, later, someday, inbox, triage, queued, scheduled, pending,
      zu erledigen, zu tun, offen, neu, nicht begonnen, nicht gestartet, geplant, anstehend, ausstehend, wieder geöffnet, bereit,
      à faire, a faire, ouvert, ouverte, nouveau, nouvelle, en attente, prévu, planifié, non commencé,
      por hacer, pendiente, abierto, abierta, nuevo, nueva, tareas por hacer, sin empezar, planificado, planeado,
      a fazer, pendente, aberto, aberta, novo, nova, tarefas pendentes, não iniciado, planejado,
      da fare, aperto, aperta, nuovo, nuova, completare, in attesa, te doen, nieuw, gepland, niet gestart,
      do zrobienia, nowe, nowy, otwarte, oczekujące, zaplanowane, att göra, ny, öppen,
      к выполнению, сделать, открыт, открыто, открыта, новый, новая, новое, бэклог, запланировано, ожидает, в очереди, переоткрыт, не начато,
      未着手, 未対応, 未完了, 未開始, 新規, オープン, 予定, バックログ, やること, 待办, 待处理, 未开始, 新建, 打开, 待開始, 計劃, 待辦, 待處理, 할 일, 해야 할 일, 진행 예정, 대기, 시작 전, 열림, 신규, att göra, skal gøres, å gjøre, gjøremål, ikke startet, ej påbörjad, tehtävänä, tekemättä, avoin, k vyřízení, k řešení, otevřeno, nezahájeno, yapılacak, yapılacaklar, başlamadı, teendő, teendők, nyitott, de făcut, neînceput, зробити, до виконання, не розпочато, προς υλοποίηση, לביצוע, לא התחיל, للتنفيذ, قيد الانتظار, لم يبدأ, cần làm, chưa bắt đầu, akan dikerjakan, belum dimulai, ต้องทำ, ยังไม่เริ่ม, करना है
      | open, opened, new, ideas, planned, next, ready, created, unstarted, draft, todos, a, 0%`,
    in_progress: `in progress, doing, started, wip, work in progress, in development, under way, underway, ongoing, in work, implementing, blocked, stuck, working on it, on hold, in flight,
      in arbeit, in bearbeitung, begonnen, läuft, laufend, in umsetzung, in entwicklung, angefangen, blockiert, wird bearbeitet, gestartet, angehalten,
      en cours, commencé, débuté, en développement, en progression, démarré, bloqué, en cours de traitement,
      en curso, en progreso, en proceso, haciendo, iniciado, iniciada, empezado, bloqueado, en desarrollo,
      em andamento, em progresso, fazendo, em desenvolvimento, em curso, em execução, bloqueada,
      in corso, iniziato, in lavorazione, in sviluppo, bloccato, in behandeling, bezig, mee bezig, gestart, in uitvoering, geblokkeerd,
      w toku, w trakcie, rozpoczęte, zablokowane, pågående, igång,
      в работе, в процессе, выполняется, делается, в разработке, начато, заблокировано, приостановлено,
      進行中, 処理中, 対応中, 作業中, 着手, 実行中, 仕掛中, 開発中, 保留, ブロック中, 进行中, 处理中, 开发中, 正在进行, 已开始, 阻塞, 處理中, 進行, 진행 중, 진행중, 작업 중, 처리 중, 개발 중, 보류, påbörjad, i gang, under arbeid, pågår, kesken, käynnissä, työn alla, probíhá, v řešení, rozpracováno, devam ediyor, devam eden, yapılıyor, folyamatban, în curs, în lucru, в роботі, виконується, в процесі, σε εξέλιξη, בתהליך, בביצוע, בעבודה, قيد التنفيذ, قيد التقدم, جاري العمل, đang làm, đang thực hiện, sedang dikerjakan, กำลังทำ, กำลังดำเนินการ, प्रगति में
      | active, working, development, building, now, in process, progress, hold, paused`,
    review: `review, in review, code review, peer review, ready for review, waiting for review, to review, in testing, testing, ready for testing, ready for test, ready for qa, in test, to test, qa, in qa, to verify, verifying, uat, acceptance, awaiting approval, waiting for approval, pending review, pending approval, to be reviewed, reviewing,
      in prüfung, prüfung, zu prüfen, wird geprüft, in überprüfung, überprüfung, im test, zu testen, testen, abnahme, zur abnahme, zur prüfung, in review,
      en revue, revue, à vérifier, en vérification, en test, à tester, en relecture, relecture, à valider, en validation, en revision, revue de code,
      en revisión, revisión, por revisar, en pruebas, pruebas, en validación, para revisar,
      em revisão, revisão, em análise, em teste, em testes, em validação, para revisar, homologação,
      in revisione, revisione, da verificare, in verifica, in controllo, controleren, te controleren, in beoordeling, testfase,
      w recenzji, do sprawdzenia, w testach, weryfikacja, granskning, 
      на проверке, проверка, на ревью, ревью, тестирование, в тестировании, на согласовании, ждет проверки,
      レビュー, レビュー中, レビュー待ち, 確認中, 確認待ち, テスト中, 検証中, 審査中, 评审, 评审中, 审核, 审核中, 待审核, 测试, 测试中, 待测试, 審核中, 測試中, 검토, 검토 중, 리뷰, 리뷰 중, 테스트, 테스트 중, 확인 중, under granskning, til gennemsyn, til gjennomgang, katselmoitavana, ke kontrole, kontrola, incelemede, inceleme, ellenőrzés, în revizuire, на перевірці, σε έλεγχο, בבדיקה, قيد المراجعة, đang xem xét, dalam tinjauan, กำลังตรวจสอบ
      | feedback, verify, test, tests, approval, check, validation`,
    done: `done, closed, resolved, complete, completed, finished, released, shipped, deployed, delivered, merged, fixed, accepted, implemented, verified, in production,
      fertig, erledigt, abgeschlossen, beendet, gelöst, geschlossen, behoben, umgesetzt, ausgeliefert, veröffentlicht,
      terminé, terminée, terminés, fini, finie, fait, fermé, fermée, résolu, résolue, livré, achevé, clôturé, publié,
      hecho, hecha, terminado, terminada, completado, completada, finalizado, finalizada, cerrado, cerrada, resuelto, resuelta, listo, publicado, corregido, corregida,
      concluído, concluída, feito, feita, finalizada, fechado, fechada, resolvido, resolvida, itens concluídos, pronto, entregue,
      fatto, fatta, completato, completata, finito, chiuso, chiusa, risolto, risolta, completati, gereed, klaar, voltooid, afgerond, gesloten, opgelost,
      gotowe, zrobione, ukończone, zakończone, zamknięte, rozwiązane, klart, färdig, avslutad, ferdig, færdig, valmis, hotovo, kész, bitti, tamamlandı, xong, gata, готов,
      готово, сделано, выполнено, закрыто, закрыт, закрыта, решено, решен, завершено, завершен, исправлено, исправлен, выпущено,
      完了, 済, 済み, 完成, 解決済み, 解決済, クローズ, 終了, リリース済み, 対応済み, 已完成, 已解决, 已关闭, 关闭, 完结, 已结束, 已發佈, 已發布, 已發行, 已发布, 已關閉, 완료, 완료됨, 해결됨, 종료, 닫힘, 끝, slutförd, udført, fullført, hotova, tehty, suljettu, dokončeno, vyřešeno, uzavřeno, tamam, kapalı, çözüldü, befejezve, lezárva, finalizat, terminat, închis, виконано, завершено, закрито, вирішено, ολοκληρώθηκε, ολοκληρωμένο, κλειστό, בוצע, הושלם, סגור, منجز, تم, مكتمل, مغلق, hoàn thành, đã xong, selesai, เสร็จ, เสร็จสิ้น, पूर्ण, हो गया
      | live, clos, close, klar, production, archive, archived, prod, 100%`,
    cancelled: `cancelled, canceled, won't fix, wont fix, won't do, wont do, will not do, will not fix, not planned, rejected, duplicate, duplicated, declined, abandoned, invalid, obsolete, not doing, cannot reproduce, can't reproduce, not reproducible, not a bug, by design, works as designed, dropped, discarded, withdrawn, out of scope, trash, not an issue, known error, removed, deleted,
      abgebrochen, storniert, abgelehnt, verworfen, duplikat, doppelt, wird nicht erledigt, wird nicht behoben, wird nicht gemacht, nicht geplant, hinfällig, nicht reproduzierbar, entfällt, zurückgezogen, nicht erledigen,
      annulé, annulée, rejeté, rejetée, abandonné, abandonnée, refusé, doublon, ne sera pas corrigé, ne sera pas fait, non planifié, dupliqué, impossible à reproduire, sans suite,
      cancelado, cancelada, rechazado, rechazada, descartado, descartada, duplicado, duplicada, no se hará, no se va a hacer, no se corregirá, no planificado, anulado, anulada, no reproducible, abandonado,
      rejeitado, rejeitada, recusado, não será feito, não será corrigido, não planejado, não se aplica, não reproduzível,
      annullato, annullata, rifiutato, rifiutata, scartato, duplicato, non verrà fatto, non verrà corretto, abbandonato,
      geannuleerd, afgewezen, vervallen, wordt niet gedaan, niet gepland, duplicaat, anulowane, anulowany, odrzucone, duplikat, nie będzie zrobione, avbruten, inställd,
      отменено, отменен, отклонено, отклонен, дубликат, не будет исправлено, не будет сделано, отказ, неактуально, не воспроизводится, не планируется,
      キャンセル, 中止, 却下, 取り消し, 取消, 重複, 対応しない, 対応せず, 修正しない, 見送り, 再現せず, 已取消, 取消, 已拒绝, 拒绝, 重复, 不做, 不修复, 不予处理, 无法重现, 已拒絕, 작废, 취소, 취소됨, 거부됨, 중복, 수정 안 함, 하지 않음, 반려, avbruten, annulleret, avbrutt, avvist, kommer inte att åtgärdas, åtgärdas inte, kommer inte att göras, bliver ikke løst, blir ikke gjort, ei korjata, ei tehdä, nebude opraveno, nebude řešeno, duplicitní, düzeltilmeyecek, yapılmayacak, nem lesz javítva, nu se va rezolva, не буде виправлено, не буде зроблено, peruttu, hylätty, zrušeno, zamítnuto, iptal, iptal edildi, reddedildi, törölve, elutasítva, anulat, respins, скасовано, відхилено, ακυρώθηκε, בוטל, נדחה, ملغي, ملغى, مرفوض, đã hủy, dibatalkan, ยกเลิก, रद्द
      | unresolvable`,
  },
  text => {
    const percent = /^(\d{1,3}) ?%$/.exec(text)
    if (percent) return Number(percent[1]) === 0 ? 'todo' : Number(percent[1]) >= 100 ? 'done' : 'in_progress'
    return negated.test(text) && !dismissed(text) ? 'todo' : undefined
  },
)

/** A negation that is a separate word: `won't do`, `対応しない`. */
const dismissed = (text: string) => refusals.within(text) !== undefined
const refusals = wordsFor<'yes'>({
  yes: `not planned, will not do, will not fix, not doing, not reproducible, not a bug, not an issue, nicht reproduzierbar, nicht geplant, wird nicht, nicht erledigen,
    ne sera pas, non planifié, no se hará, no se va a hacer, no se corregirá, no planificado, no reproducible, não será, não planejado, não se aplica, não reproduzível,
    non verrà, wordt niet, niet gepland, nie będzie, не будет, не буде, kommer inte, bliver ikke, blir ikke, ei korjata, ei tehdä, не воспроизводится, не планируется, 안 함`,
})

/** By the words of a field, or of a list's name, that contains only the status. */
export const statusOf = words.within
/** From a label, which may also be about something else: only when the status is the whole label. */
export const statusOfLabel = (label: unknown): TaskStatus | undefined =>
  words.exactly(label) ??
  (typeof label === 'string' ? words.exactly(label.replace(/^\s*(status|state|stage)\s*[:/=-]/i, '')) : undefined)
