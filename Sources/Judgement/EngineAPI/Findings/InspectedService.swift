package import Acts
package import JSON

/// What an engine's inspect says of a service: by what it is known, and what it would be again.
package struct InspectedService: Hashable, Sendable {
    /// As what it was seen.
    package let sighting: Sighting
    /// What the service asked for before its last update, which a rollback asks for again, in the
    /// words in which a request for it would be judged.
    package let demands: [Demand]

    /// Reads an answer of `GET /services/{id}`; nil when it is none.
    package init?(_ value: JSONValue) {
        guard let sighting = Sighting(.service, of: value) else { return nil }
        self.sighting = sighting
        guard let previous = value["PreviousSpec"], previous != .null else {
            demands = []
            return
        }
        do {
            let before = try Self.read(previous)
            let now = try Self.read(value["Spec"] ?? .null)
            // What the service uses now was judged when it was put there; anything else would have
            // to be looked up.
            let known = Set(now.references.map(Object.init))
            let isKnown = before.references.allSatisfy {
                $0.kind == .image || known.contains(Object($0))
            }
            let unknown = Demand.Kind.unjudged(
                "a rollback to networks, volumes, secrets or configs that it does not use now")
            demands = before.demands + (isKnown ? [] : [Demand(unknown, origin: "PreviousSpec")])
        } catch {
            // A newer engine's field: only who may have anything may have this.
            let what = "a previous specification whose \(error.sentence)"
            demands = [Demand(.unjudged(what), origin: "PreviousSpec")]
        }
    }

    private struct Object: Hashable {
        let kind: ObjectKind
        let text: String

        init(_ reference: Reference) {
            kind = reference.kind
            text = reference.text
        }
    }

    private static func read(_ spec: JSONValue) throws(BodyRefusal) -> ServiceDemands {
        ServiceDemands(try Shape.service.read(spec, at: "").object ?? JSONObject())
    }
}
