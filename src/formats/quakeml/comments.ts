// What QuakeML has no element for travels in comments of the form `onset.NAME: VALUE`, one fact each:
//   pick    onset.probability  0…1, the model's
//           onset.threshold    the probability it had to reach
//           onset.weightClass  0 best … 4 not used (Hypo71)
//           onset.state        deferred (an automatic pick a person has put off)
//           onset.mode         who made the time, where evaluationMode has to say something else
//           onset.uncertaintyMethod  what made the uncertainty, where methodID no longer says it
//           onset.fit          a normal curve fitted to the probability: A, mean, sigma, samples, residual, covariance
//           onset.run          number of the run, as in the run's own comment, then the model for people
//           onset.set          hash of the parameter set that run was made with
//           onset.stream       NET.STA.LOC.CHA, when a code is longer than QuakeML's eight letters
//           onset.author       when longer than QuakeML's 128 letters
//   event   onset.type         an event type that QuakeML does not list
//           onset.author       as for picks
//   catalog onset.run          JSON of a model run with all its parameters
// Every other comment is a person's.

export function onsetComment(name: string, value: string | number): string {
  return `onset.${name}: ${value}`;
}

/** The facts among comments, and what remains for a person. */
export function splitComments(texts: readonly string[]): {
  facts: ReadonlyMap<string, string>;
  remarks: readonly string[];
} {
  const facts = new Map<string, string>();
  const remarks: string[] = [];
  for (const text of texts) {
    const match = /^onset\.([A-Za-z]+): (.*)$/s.exec(text);
    if (match?.[1] !== undefined && match[2] !== undefined) facts.set(match[1], match[2]);
    else if (text.trim() !== '') remarks.push(text);
  }
  return { facts, remarks };
}
