import type { TaskPriority } from '../../../../contract/index.ts'
import { wordsFor } from './words.ts'

/** What other boards call our priorities. */
const words = wordsFor<TaskPriority>({
  low: `low, lowest, very low, minor, trivial, niedrig, niedrigste, sehr niedrig, gering, unwichtig, basse, la plus basse, faible, très basse, mineure, minimale,
    baja, más baja, la más baja, muy baja, mínima, menor, baixa, mais baixa, muito baixa, mínima, bassa, la più bassa, minima, molto bassa, laag, laagste,
    niski, najniższy, låg, низкий, самый низкий, наинизший, незначительный, очень низкий, 低, 最低, 低い, 낮음, 가장 낮음, 매우 낮음, lav, matala, nízká, düşük, alacsony, scăzută, низький, χαμηλή, נמוכה, נמוך, منخفض, منخفضة, thấp, rendah, ต่ำ
    | p3, p4, p5, 低め`,
  medium: `medium, normal, moderate, default, no priority, none, unset, mittel, normal, keine, moyenne, moyen, normale, modérée, aucune, media, mediana, normal, ninguna, média, média, nenhuma, nessuna, normale,
    gemiddeld, normaal, geen, średni, normalny, brak, medel, средний, обычный, нормальный, нет, 中, 普通, 標準, 通常, 중간, 보통, 없음, 一般, 正常, 无, 無, middel, keskitaso, střední, orta, közepes, medie, середній, μεσαία, בינונית, בינוני, متوسط, متوسطة, trung bình, sedang, ปานกลาง
    | p2, not set, mid, med`,
  high: `high, major, important, hoch, wichtig, sehr wichtig, haute, élevée, élevé, importante, majeure, alta, alto, importante, elevada, mayor, hoog, belangrijk, wysoki, ważne, hög, viktig,
    высокий, важный, значительный, 高, 高い, 高め, 重要, 높음, 중요, høj, høy, korkea, vysoká, yüksek, magas, ridicată, високий, υψηλή, גבוהה, גבוה, مرتفع, عالي, عالية, cao, tinggi, สูง
    | p1, 主要`,
  urgent: `urgent, highest, very high, critical, blocker, asap, immediate, emergency, showstopper, dringend, höchste, sehr hoch, kritisch, blockierend, am höchsten, sofort, urgente, la plus haute, la plus élevée, très haute, très élevée, critique, bloquant, bloquante,
    más alta, la más alta, muy alta, máxima, crítica, crítico, bloqueante, inmediata, mais alta, muito alta, bloqueadora, imediata, la più alta, massima, critica, critico, bloccante, molto alta,
    hoogste, kritiek, zeer hoog, spoed, najwyższy, krytyczny, pilne, högsta, kritisk, brådskande, наивысший, самый высокий, срочный, срочно, критический, критичный, блокирующий, очень высокий,
    最高, 緊急, 至急, 致命的, 最优先, 最優先, 紧急, 緊急, 严重, 阻塞, 긴급, 가장 높음, 매우 높음, 심각, haster, kiireellinen, naléhavá, nejvyšší, acil, sürgős, urgentă, терміново, найвищий, επείγον, דחוף, דחופה, عاجل, khẩn cấp, mendesak, ด่วน
    | p0, now`,
})

/** By the words of a field that contains only the priority. */
export const priorityOf = words.within

/** Words that mark a label as being about priority, before or after the priority itself. */
const about =
  /(^|[\s:/=_.-])(priority|prio|prioritaet|priorität|priorité|prioridad|prioridade|severity|importance|impact)(?=$|[\s:/=_.-])/i

/** From a label, which may also be about something else: `priority: high`, `High Priority`, `P1`, `prio/urgent`. */
export function priorityOfLabel(label: unknown): TaskPriority | undefined {
  if (typeof label !== 'string') return undefined
  const rest = label.replace(about, ' ')
  return (
    words.exactly(rest) ??
    (rest !== label
      ? words.within(rest)
      : words.exactly(label.replace(/^.*[:/]/, '').replace(/^\s*(p[0-5])\b.*$/i, '$1')))
  )
}
