package import JSON

/// Labels that the gateway stamps on what a tenant makes.
package enum StampedLabel {
    /// What every label of ours begins with; clients' own labels under it are dropped.
    private static let prefix = "quaymaster."
    /// The tenant that owns the object.
    package static let tenant = "quaymaster.tenant"
    /// The identity that made it.
    package static let identity = "quaymaster.identity"

    /// What the tenant calls it, where the engine's name is another.
    package static let name = "quaymaster.name"
    /// What proves to us whose the object is; see `Seal`.
    package static let seal = "quaymaster.seal"

    /// The tenant that an image's labels name; nil when they name none. Whose other objects are is
    /// said by our store alone.
    package static func tenant(in labels: JSONValue?) -> String? {
        labels?[tenant]?.string.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// True for labels that only we may set.
    package static func isReserved(_ name: String) -> Bool {
        // Asked for every label of everything that is made: nothing is copied.
        let bytes = name.utf8Span.span
        let own = prefix.utf8Span.span
        return bytes.count >= own.count
            && Spelling.isFolded(bytes.extracting(first: own.count), own)
    }

    /// True for labels that only we may set; the name as bytes.
    static func isReserved(_ name: some Collection<UInt8>) -> Bool {
        Letter.lowercase(name.prefix(prefix.utf8.count)).elementsEqual(prefix.utf8)
    }

    /// Labels with our own in the place of whatever a client says under our prefix.
    static func stamp(_ labels: JSONValue?, with stamps: [JSONObject.Member]) -> JSONValue {
        let own = (labels?.object?.members ?? []).filter { !isReserved($0.name) }
        return .object(JSONObject(distinct: own + stamps))
    }

    /// Mounts whose volumes, if they are made with the container, carry our labels.
    static func stamp(mounts: JSONValue?, with stamps: [JSONObject.Member]) -> JSONValue? {
        guard let list = mounts?.array else { return mounts }
        return .array(
            list.map { mount in
                guard var object = mount.object, object["Type"]?.string == "volume" else {
                    return mount
                }
                var options = object["VolumeOptions"]?.object ?? JSONObject()
                options["Labels"] = stamp(options["Labels"], with: stamps)
                object["VolumeOptions"] = .object(options)
                return .object(object)
            })
    }

    /// An object without our labels: what compares them with its own (docker-compose does, for networks
    /// and volumes) finds what it has said.
    static func hidden(in object: JSONObject) -> JSONObject {
        guard let labels = object["Labels"]?.object,
            labels.members.contains(where: { isReserved($0.name) })
        else { return object }
        var object = object
        object["Labels"] = .object(
            JSONObject(distinct: labels.members.filter { !isReserved($0.name) }))
        return object
    }

    /// An answer that is one object, without our labels.
    ///
    /// - Parameter body: The engine's answer.
    /// - Returns: The answer, or nil when the engine's is not what it should be.
    package static func hidden(in body: [UInt8]) -> [UInt8]? {
        do {
            guard let object = try JSONReader.answer(body).object else {
                return nil
            }
            return JSONWriter.bytes(.object(hidden(in: object)))
        } catch {
            return nil
        }
    }
}
