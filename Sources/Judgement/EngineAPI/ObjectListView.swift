package import Acts
package import JSON

/// Lists of containers, networks, volumes and what a Swarm keeps, as the gateway itself asks for them.
package enum ObjectListView {
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
        let path =
            switch kind {
            case .volume: "/volumes?"
            case .network: "/networks?"
            case .container, .exec, .image, .service, .task, .secret, .config, .node, .plugin,
                .engine:
                "/containers/json?all=1&"
            }
        let labels = [StampedLabel.tenant + "=" + tenant, StampedLabel.seal]
        return path + filters("label", labels)
    }

    private static func filters(_ name: String, _ values: [String]) -> String {
        let values = JSONValue.array(values.map { .string($0) })
        let text = JSONWriter.text(.object(JSONObject([(name, values)])))
        return "filters=" + PercentCoding.encode(text)
    }

    /// The path, without a version, of a list of the containers of a tenant's services.
    package static func pathOfTasks(_ tenant: String) -> String {
        let labels = [StampedLabel.tenant + "=" + tenant, "com.docker.swarm.service.id"]
        return "/containers/json?all=1&" + filters("label", labels)
    }

    /// Which of the containers of a tenant's services is meant, or the volume that came with one.
    ///
    /// - Parameters:
    ///   - reference: A name, an id or the beginning of one.
    ///   - items: The containers that are the tenant's.
    ///   - retelling: Tells the engine's names as the tenant knows them.
    /// - Returns: The full id, or the volume's name; nil when none or several are meant.
    package static func task(
        _ reference: Reference, among items: [JSONValue], _ retelling: Retelling
    ) -> String? {
        if reference.kind == .volume {
            let mounts = items.flatMap { $0["Mounts"]?.array ?? [] }
            return mounts.contains { $0["Name"]?.string == reference.text } ? reference.text : nil
        }
        let ids = items.compactMap { item -> (id: String, isNamed: Bool)? in
            guard let id = item["Id"]?.string else { return nil }
            let isNamed = (item["Names"]?.array ?? []).contains { name in
                let told = retelling.told(Array((name.string ?? "").utf8))
                return told.elementsEqual(("/" + reference.text).utf8)
            }
            return isNamed || id.hasPrefix(reference.text) ? (id, isNamed) : nil
        }
        if let named = ids.first(where: \.isNamed) { return named.id }
        return ids.count == 1 ? ids.first?.id : nil
    }

    /// The path, without a version, of a list of containers in any state: of those with these full
    /// ids, or of all.
    package static func pathOfContainers(_ ids: [String]? = nil) -> String {
        guard let ids else { return "/containers/json?all=1" }
        return "/containers/json?all=1&" + filters("id", ids)
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
            let value = try JSONReader.answer(body)
            if kind != .volume { return value.array }
            return value.object == nil ? nil : value["Volumes"]?.array ?? []
        } catch {
            return nil
        }
    }

    /// The entries of a list that can be read, for who must not be kept from all by one.
    ///
    /// - Parameters:
    ///   - kind: What is listed.
    ///   - body: The engine's answer.
    /// - Returns: The entries, and whether they are all; nil when the answer is no list.
    package static func readable(
        _ kind: ObjectKind, _ body: [UInt8]
    ) -> (items: [JSONValue], isWhole: Bool)? {
        if let items = items(kind, body) { return (items, true) }
        // Engines write the list of volumes first.
        let start = Array((kind == .volume ? #"{"Volumes":["# : "[").utf8)
        guard body.starts(with: start) else { return nil }
        var items: [JSONValue] = []
        var index = start.count
        while index < body.count {
            var scanner = ValueScanner()
            let first = index
            guard scanner.scan(body, from: &index), index < body.count else { return nil }
            if let item = try? JSONReader.answer(Array(body[first..<index])) { items.append(item) }
            switch body[index] {
            case UInt8(ascii: ","): index += 1
            case UInt8(ascii: "]"): return (items, false)
            default: return nil
            }
        }
        return nil
    }
}
