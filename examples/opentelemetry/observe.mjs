/**
 * Turns the events of `@chatbotkit/nextauth` into OpenTelemetry spans and metrics.
 *
 *     import { metrics, trace } from '@opentelemetry/api'
 *
 *     const stop = observe({
 *       tracer: trace.getTracer('@chatbotkit/nextauth'),
 *       meter: metrics.getMeter('@chatbotkit/nextauth'),
 *     })
 *
 * Copy it into your application. It needs nothing but what it is given, and events hold no address,
 * id, code or token, so neither do spans.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel'

const CHANNEL = 'chatbotkit:nextauth:call'

/** `SpanKind.CLIENT` and `SpanStatusCode.ERROR` of @opentelemetry/api. */
const CLIENT = 2
const ERROR = 2

/**
 * @param {object} to
 * @param {{ startSpan(name: string, options: object): any }} to.tracer
 * @param {{ createHistogram(name: string, options: object): any, createCounter(name: string, options: object): any }} to.meter
 * @returns {() => void} ends it
 */
export function observe({ tracer, meter }) {
  const duration = meter.createHistogram('chatbotkit.nextauth.call.duration', {
    description: 'How long calls of the adapter take',
    unit: 's',
  })
  const counter = (name, description) => meter.createCounter(name, { description, unit: '1' })
  const requests = counter('chatbotkit.nextauth.api.requests', 'Requests to the Partner API')
  const storeCalls = counter('chatbotkit.nextauth.store.calls', 'Calls to the store')
  const notices = counter('chatbotkit.nextauth.notices', 'Codes voided, addresses locked, …')

  function onCall(event) {
    // The call has just ended, in the context of its caller: the span's parent is the caller's.
    const end = Date.now()
    const attributes = { 'chatbotkit.operation': event.operation, ...failure(event) }
    const span = tracer.startSpan(`chatbotkit ${event.operation}`, {
      kind: CLIENT,
      startTime: end - event.duration,
      attributes: {
        ...attributes,
        'chatbotkit.outcome': event.outcome,
        'chatbotkit.api.requests': event.apiRequests,
        'chatbotkit.store.calls': event.storeCalls,
      },
    })
    for (const notice of event.notices) span.addEvent(notice)
    if (event.code) span.setStatus({ code: ERROR, message: event.code })
    span.end(end)

    duration.record(event.duration / 1_000, attributes)
    requests.add(event.apiRequests, attributes)
    storeCalls.add(event.storeCalls, attributes)
    for (const notice of event.notices) notices.add(1, { 'chatbotkit.notice': notice })
  }

  // A listener that throws would end the process: Node leaves its error to nobody.
  const safely = (event) => {
    try {
      onCall(event)
    } catch (error) {
      console.error('The call could not be observed', error)
    }
  }
  subscribe(CHANNEL, safely)
  return () => unsubscribe(CHANNEL, safely)
}

/** `error.type` is OpenTelemetry's own attribute for what kind of failure it was. */
function failure({ code, retryable }) {
  return code ? { 'error.type': code, 'chatbotkit.retryable': retryable } : {}
}
