// The types of QuakeML 1.2 (Basic Event Description), as far as a reader needs them to tell what is wrong:
// required fields and how many there may be (from the RELAX NG schema; the XSD enforces neither), enumerations,
// lengths. `@name` is an attribute; `!` exactly one, `?` at most one, `*` any number; `string64` at most 64 characters.

const TYPES = {
  TimeQuantity: `
    value:time! uncertainty:double? lowerUncertainty:double? upperUncertainty:double?
    confidenceLevel:double?`,
  CreationInfo: `
    agencyID:string64? agencyURI:id? author:string128? authorURI:id? creationTime:time?
    version:string64?`,
  EventDescription: 'text:string! type:EventDescriptionType?',
  Phase: '',
  Comment: '@id:id? text:string! creationInfo:CreationInfo?',
  Axis: 'azimuth:RealQuantity! plunge:RealQuantity! length:RealQuantity!',
  PrincipalAxes: 'tAxis:Axis! pAxis:Axis! nAxis:Axis?',
  DataUsed: `
    waveType:DataUsedWaveType! stationCount:integer? componentCount:integer?
    shortestPeriod:double? longestPeriod:double?`,
  CompositeTime: `
    year:IntegerQuantity? month:IntegerQuantity? day:IntegerQuantity? hour:IntegerQuantity?
    minute:IntegerQuantity? second:RealQuantity?`,
  Tensor: `
    Mrr:RealQuantity! Mtt:RealQuantity! Mpp:RealQuantity! Mrt:RealQuantity! Mrp:RealQuantity!
    Mtp:RealQuantity!`,
  OriginQuality: `
    associatedPhaseCount:integer? usedPhaseCount:integer? associatedStationCount:integer?
    usedStationCount:integer? depthPhaseCount:integer? standardError:double?
    azimuthalGap:double? secondaryAzimuthalGap:double? groundTruthLevel:string32?
    maximumDistance:double? minimumDistance:double? medianDistance:double?`,
  RealQuantity: `
    value:double! uncertainty:double? lowerUncertainty:double? upperUncertainty:double?
    confidenceLevel:double?`,
  NodalPlane: 'strike:RealQuantity! dip:RealQuantity! rake:RealQuantity!',
  TimeWindow: 'begin:double! end:double! reference:time!',
  WaveformStreamID:
    '@networkCode:string8! @stationCode:string8! @channelCode:string8? @locationCode:string8?',
  IntegerQuantity: `
    value:integer! uncertainty:integer? lowerUncertainty:integer? upperUncertainty:integer?
    confidenceLevel:double?`,
  SourceTimeFunction:
    'type:SourceTimeFunctionType! duration:double! riseTime:double? decayTime:double?',
  NodalPlanes: '@preferredPlane:integer? nodalPlane1:NodalPlane? nodalPlane2:NodalPlane?',
  ConfidenceEllipsoid: `
    semiMajorAxisLength:double! semiMinorAxisLength:double! semiIntermediateAxisLength:double!
    majorAxisPlunge:double! majorAxisAzimuth:double! majorAxisRotation:double!`,
  MomentTensor: `
    @publicID:id! dataUsed:DataUsed* comment:Comment* derivedOriginID:id! momentMagnitudeID:id?
    scalarMoment:RealQuantity? tensor:Tensor? variance:double? varianceReduction:double?
    doubleCouple:double? clvd:double? iso:double? greensFunctionID:id? filterID:id?
    sourceTimeFunction:SourceTimeFunction? methodID:id? category:MomentTensorCategory?
    inversionType:MTInversionType? creationInfo:CreationInfo?`,
  FocalMechanism: `
    @publicID:id! waveformID:WaveformStreamID* comment:Comment* momentTensor:MomentTensor*
    triggeringOriginID:id? nodalPlanes:NodalPlanes? principalAxes:PrincipalAxes?
    azimuthalGap:double? stationPolarityCount:integer? misfit:double?
    stationDistributionRatio:double? methodID:id? evaluationMode:EvaluationMode?
    evaluationStatus:EvaluationStatus? creationInfo:CreationInfo?`,
  Amplitude: `
    @publicID:id! comment:Comment* genericAmplitude:RealQuantity! type:string32?
    category:AmplitudeCategory? unit:AmplitudeUnit? methodID:id? period:RealQuantity?
    snr:double? timeWindow:TimeWindow? pickID:id? waveformID:WaveformStreamID? filterID:id?
    scalingTime:TimeQuantity? magnitudeHint:string32? evaluationMode:EvaluationMode?
    evaluationStatus:EvaluationStatus? creationInfo:CreationInfo?`,
  StationMagnitudeContribution: 'stationMagnitudeID:id! residual:double? weight:double?',
  Magnitude: `
    @publicID:id! comment:Comment* stationMagnitudeContribution:StationMagnitudeContribution*
    mag:RealQuantity! type:string32? originID:id? methodID:id? stationCount:integer?
    azimuthalGap:double? evaluationMode:EvaluationMode? evaluationStatus:EvaluationStatus?
    creationInfo:CreationInfo?`,
  StationMagnitude: `
    @publicID:id! comment:Comment* originID:id! mag:RealQuantity! type:string32? amplitudeID:id?
    methodID:id? waveformID:WaveformStreamID? creationInfo:CreationInfo?`,
  OriginUncertainty: `
    horizontalUncertainty:double? minHorizontalUncertainty:double?
    maxHorizontalUncertainty:double? azimuthMaxHorizontalUncertainty:double?
    confidenceEllipsoid:ConfidenceEllipsoid? preferredDescription:OriginUncertaintyDescription?
    confidenceLevel:double?`,
  Arrival: `
    @publicID:id! comment:Comment* pickID:id! phase:Phase! timeCorrection:double?
    azimuth:double? distance:double? takeoffAngle:RealQuantity? timeResidual:double?
    horizontalSlownessResidual:double? backazimuthResidual:double? timeWeight:double?
    horizontalSlownessWeight:double? backazimuthWeight:double? earthModelID:id?
    creationInfo:CreationInfo?`,
  Origin: `
    @publicID:id! compositeTime:CompositeTime* comment:Comment*
    originUncertainty:OriginUncertainty* arrival:Arrival* time:TimeQuantity!
    longitude:RealQuantity! latitude:RealQuantity! depth:RealQuantity?
    depthType:OriginDepthType? timeFixed:boolean? epicenterFixed:boolean? referenceSystemID:id?
    methodID:id? earthModelID:id? quality:OriginQuality? type:OriginType? region:string128?
    evaluationMode:EvaluationMode? evaluationStatus:EvaluationStatus? creationInfo:CreationInfo?`,
  Pick: `
    @publicID:id! comment:Comment* time:TimeQuantity! waveformID:WaveformStreamID! filterID:id?
    methodID:id? horizontalSlowness:RealQuantity? backazimuth:RealQuantity? slownessMethodID:id?
    onset:PickOnset? phaseHint:Phase? polarity:PickPolarity? evaluationMode:EvaluationMode?
    evaluationStatus:EvaluationStatus? creationInfo:CreationInfo?`,
  Event: `
    @publicID:id! description:EventDescription* comment:Comment* focalMechanism:FocalMechanism*
    amplitude:Amplitude* magnitude:Magnitude* stationMagnitude:StationMagnitude* origin:Origin*
    pick:Pick* preferredOriginID:id? preferredMagnitudeID:id? preferredFocalMechanismID:id?
    type:EventType? typeCertainty:EventTypeCertainty? creationInfo:CreationInfo?`,
  EventParameters:
    '@publicID:id! comment:Comment* event:Event* description:string? creationInfo:CreationInfo?',
};

const ENUMERATIONS = {
  OriginUncertaintyDescription: 'horizontal uncertainty|uncertainty ellipse|confidence ellipsoid',
  AmplitudeCategory: 'point|mean|duration|period|integral|other',
  OriginDepthType: `
    from location|from moment tensor inversion|from modeling of broad-band P waveforms|
    constrained by depth phases|constrained by direct phases|
    constrained by depth and direct phases|operator assigned|other`,
  OriginType: 'hypocenter|centroid|amplitude|macroseismic|rupture start|rupture end',
  MTInversionType: 'general|zero trace|double couple',
  EvaluationMode: 'manual|automatic',
  EvaluationStatus: 'preliminary|confirmed|reviewed|final|rejected',
  PickOnset: 'emergent|impulsive|questionable',
  EventType: `
    not existing|not reported|earthquake|anthropogenic event|collapse|cavity collapse|
    mine collapse|building collapse|explosion|accidental explosion|chemical explosion|
    controlled explosion|experimental explosion|industrial explosion|mining explosion|
    quarry blast|road cut|blasting levee|nuclear explosion|induced or triggered event|
    rock burst|reservoir loading|fluid injection|fluid extraction|crash|plane crash|train crash|
    boat crash|other event|atmospheric event|sonic boom|sonic blast|acoustic noise|thunder|
    avalanche|snow avalanche|debris avalanche|hydroacoustic event|ice quake|slide|landslide|
    rockslide|meteorite|volcanic eruption`,
  DataUsedWaveType: 'P waves|body waves|surface waves|mantle waves|combined|unknown',
  AmplitudeUnit: 'm|s|m/s|m/(s*s)|m*s|dimensionless|other',
  EventDescriptionType: `
    felt report|Flinn-Engdahl region|local time|tectonic summary|nearest cities|earthquake name|
    region name`,
  MomentTensorCategory: 'teleseismic|regional',
  EventTypeCertainty: 'known|suspected',
  SourceTimeFunctionType: 'box car|triangle|trapezoid|unknown',
  PickPolarity: 'positive|negative|undecidable',
};

export interface FieldSpec {
  readonly name: string;
  /** `string`, `double`, `integer`, `boolean`, `time`, `id`, an enumeration or a type of the table. */
  readonly type: string;
  readonly required: boolean;
  readonly repeated: boolean;
  readonly maxLength: number | undefined;
}

export interface TypeSpec {
  readonly name: string;
  readonly attributes: readonly FieldSpec[];
  readonly elements: ReadonlyMap<string, FieldSpec>;
  readonly requiredElements: readonly string[];
}

export const quakemlTypes: ReadonlyMap<string, TypeSpec> = new Map(
  Object.entries(TYPES).map(([name, fields]) => [name, parseType(name, fields)]),
);

export const quakemlEnumerations: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries(ENUMERATIONS).map(([name, words]) => [
    name,
    new Set(words.split('|').map((word) => word.trim())),
  ]),
);

function parseType(name: string, text: string): TypeSpec {
  const fields = text.trim().split(/\s+/).filter(Boolean);
  const elements = fields.filter((field) => !field.startsWith('@')).map(parseField);
  return {
    name,
    attributes: fields.filter((field) => field.startsWith('@')).map((f) => parseField(f.slice(1))),
    elements: new Map(elements.map((field) => [field.name, field])),
    requiredElements: elements.filter((field) => field.required).map((field) => field.name),
  };
}

function parseField(field: string): FieldSpec {
  const match = /^(\w+):([A-Za-z]+)(\d*)([!?*])$/.exec(field);
  if (!match) throw new Error(`bug: "${field}" is not a field`);
  const [, name = '', type = '', length, count] = match;
  return {
    name,
    type,
    required: count === '!',
    repeated: count === '*',
    maxLength: length ? Number(length) : undefined,
  };
}
