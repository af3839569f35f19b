package import Acts
package import JSON

/// A tenant's own part of lists of containers, networks, volumes and what a Swarm keeps.
package enum ObjectListView {
    /// Narrows an answer to the entries that are a tenant's.
    ///
    /// - Parameters:
    ///   - kind: What is listed.
    ///   - body: The engine's answer.
    ///   - tenant: Whose objects are shown.
    ///   - limit: The most entries; nil for all.
    ///   - owner: Says whose an object is.
    /// - Returns: The narrowed answer, or nil when the engine's is not what it should be.
    package static func narrow(
        _ kind: ObjectKind, _ body: [UInt8], to tenant: String, limit: Int? = nil,
        owner: Sighting.Owner
    ) -> [UInt8]? {
        let value: JSONValue
        do {
            value = try JSONReader.value(of: body, depthLimit: 64)
        } catch {
            return nil
        }
        switch value {
        case .array(let items):
            var own = narrow(kind, items, to: tenant, owner: owner)
            if let limit { own = Array(own.prefix(limit)) }
            return JSONWriter.bytes(.array(own))
        case .object(var object) where kind == .volume:
            // Engines say null where there are none.
            if let items = object["Volumes"]?.array {
                object["Volumes"] = .array(narrow(kind, items, to: tenant, owner: owner))
            }
            // They name drivers, and what these say of anybody's volumes.
            object["Warnings"] = .null
            return JSONWriter.bytes(.object(object))
        case .null: return body
        case .object, .bool, .number, .string: return nil
        }
    }

    /// The entries that are a tenant's.
    static func narrow(
        _ kind: ObjectKind, _ items: [JSONValue], to tenant: String, owner: Sighting.Owner
    ) -> [JSONValue] {
        items.filter { item in Sighting(kind, of: item).flatMap(owner) == tenant }
    }

    /// The seals of what carries a tenant's label and is not its own.
    ///
    /// - Parameters:
    ///   - kind: What is listed.
    ///   - body: The engine's answer.
    ///   - tenant: Whose objects are left out.
    ///   - owner: Says whose an object is.
    /// - Returns: The seals' texts, or nil when the answer is not what it should be.
    package static func foreignSeals(
        _ kind: ObjectKind, _ body: [UInt8], to tenant: String, owner: Sighting.Owner
    ) -> [String]? {
        guard let items = items(kind, body) else { return nil }
        let seals = items.compactMap { Sighting(kind, of: $0) }
            .filter { owner($0) != tenant }.map(\.seal)
        return Set(seals).subtracting([""]).sorted()
    }

    /// The path, without a version, of a list of what carries a tenant's label and a seal.
    package static func pathOfLabelled(_ kind: ObjectKind, _ tenant: String) -> String {
        let labels = JSONValue.array(
            [StampedLabel.tenant + "=" + tenant, StampedLabel.seal].map { .string($0) })
        let filters = JSONWriter.text(.object(JSONObject([("label", labels)])))
        let path =
            switch kind {
            case .volume: "/volumes?"
            case .network: "/networks?"
            case .container, .exec, .image, .service, .task, .secret, .config, .node, .plugin,
                .engine:
                "/containers/json?all=1&"
            }
        return path + "filters=" + PercentCoding.encode(filters)
    }

    /// What a list shows; nil when the answer is not what it should be.
    ///
    /// - Parameters:
    ///   - kind: What is listed.
    ///   - body: The engine's answer.
    /// - Returns: The entries that have an id.
    package static func sightings(_ kind: ObjectKind, _ body: [UInt8]) -> [Sighting]? {
        items(kind, body)?.compactMap { Sighting(kind, of: $0) }
    }

    /// The entries of a list; nil when the answer is not what it should be.
    package static func items(_ kind: ObjectKind, _ body: [UInt8]) -> [JSONValue]? {
        do {
            let value = try JSONReader.value(of: body, depthLimit: 64)
            if kind != .volume { return value.array }
            return value.object == nil ? nil : value["Volumes"]?.array ?? []
        } catch {
            return nil
        }
    }
}
