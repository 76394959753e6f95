/**
 * Makes the instruments of the table. Asked for when a function starts, not when a module is loaded: before the SDK there
 * is none that counts.
 */
import { type Counter, type Histogram, metrics } from '@opentelemetry/api';
import { type InstrumentName, type InstrumentRow, instrumentTable } from './instruments.ts';

type Table = typeof instrumentTable;
type Named<Kind> = { [Name in InstrumentName]: Table[Name]['kind'] extends Kind ? Name : never }[InstrumentName];
/** Only the attributes that the table has. */
type AttributesOf<Name extends InstrumentName> = { [Attribute in keyof Table[Name]['attributes']]?: string | number | boolean };

const meter = () => metrics.getMeter('gst-functions');

function optionsOf(name: InstrumentName) {
  const { description, unit, boundaries }: InstrumentRow = instrumentTable[name];
  return { description, unit, ...(boundaries && { advice: { explicitBucketBoundaries: boundaries } }) };
}

export const counter = <Name extends Named<'counter'>>(name: Name): Counter<AttributesOf<Name>> =>
  meter().createCounter<AttributesOf<Name>>(name, optionsOf(name));

export const histogram = <Name extends Named<'histogram'>>(name: Name): Histogram<AttributesOf<Name>> =>
  meter().createHistogram<AttributesOf<Name>>(name, optionsOf(name));

/** Asks `read` for the value each time that metrics are sent; undefined sends none. */
export function gauge(name: Named<'gauge'>, read: () => number | undefined): void {
  meter()
    .createObservableGauge(name, optionsOf(name))
    .addCallback((result) => {
      const found = read();
      if (found !== undefined) result.observe(found);
    });
}
