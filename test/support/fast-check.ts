/** Properties try the same cases in every run, so that a change is what makes a test fail; `FC_SEED=N` tries others. */
import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env.FC_SEED ?? 1) });
