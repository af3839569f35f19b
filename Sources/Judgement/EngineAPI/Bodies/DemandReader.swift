import Acts

/// Something that reads a part of a request into what it asks for and what it refers to.
protocol DemandReader {
    /// What is asked for beyond the harmless.
    var demands: [Demand] { get set }
    /// The objects that are named.
    var references: [Reference] { get set }
}

extension DemandReader {
    /// Notes a demand.
    mutating func ask(_ kind: Demand.Kind, _ origin: String) {
        demands.append(Demand(kind, origin: origin))
    }

    /// Notes a reference; a text that cannot name an object of its kind is nothing that anybody
    /// could mean.
    mutating func refer(
        _ kind: ObjectKind, _ text: String, _ origin: String, lendsPower: Bool = false
    ) {
        guard Name.isValid(text, for: kind) else {
            return ask(.unjudged("a \(kind.rawValue) called \(Name.shown(text))"), origin)
        }
        references.append(Reference(kind, text, origin: origin, lendsPower: lendsPower))
    }
}
