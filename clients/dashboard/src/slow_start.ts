// TCP's slow start, in seconds of waiting; estimator/cost/link_time.cc is the same in C++
// and says where it is from.

// Ten segments of 1,448 bytes: the first window of a TCP connection.
const FIRST_WINDOW = 14480;
// Of a retransmission timer, beside the round trip.
const LEAST_TIMER_SECONDS = 0.2;

// A sender with a window below the link's bandwidth-delay product sends it, then waits
// for the rest of the round trip; the window doubles.
function from(window: number, bytes: number, rate: number, roundTrip: number): number {
  let seconds = 0;
  for (; window < rate * roundTrip && bytes > window; window *= 2) {
    seconds += roundTrip - window / rate;
    bytes -= window;
  }
  return seconds;
}

// On a new connection.
export function coldStart(bytes: number, rate: number, roundTrip: number): number {
  return from(FIRST_WINDOW, bytes, rate, roundTrip);
}

// After silence: each timeout halves a window that had filled the link.
export function restart(bytes: number, idleSeconds: number, rate: number, roundTrip: number): number {
  const timer = roundTrip + LEAST_TIMER_SECONDS;
  let window = rate * roundTrip;
  for (let idle = idleSeconds; idle > timer && window > FIRST_WINDOW; idle -= timer) window /= 2;
  return from(Math.max(window, FIRST_WINDOW), bytes, rate, roundTrip);
}
