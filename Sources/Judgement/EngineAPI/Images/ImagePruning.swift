package import JSON

/// Which of its images a tenant's prune takes, chosen as engines do (moby, daemon/images/image_prune.go),
/// and what it is told of it.
///
/// An engine cannot be asked for it: it knows tenants' images by anchors that no filter of its tells apart.
package struct ImagePruning: Sendable {
    private let filters: FilterArguments
    /// False when images with a name go too, that nothing is made from.
    private let isDanglingOnly: Bool
    /// Images made since then stay, in seconds since 1970.
    private let until: Int64?

    /// Why the filters of a prune are not taken.
    package struct Refusal: Error, Hashable, Sendable {
        /// One sentence.
        package let words: String
    }

    /// An image that goes.
    package struct Chosen: Hashable, Sendable {
        /// The id, `sha256:…`.
        package let id: String
        /// True when no row of the tenant's keeps it: a build has left it without a name.
        package let isLeft: Bool
    }

    /// Reads the target of `POST /images/prune`.
    ///
    /// - Parameters:
    ///   - target: A target in canonical form.
    ///   - now: Seconds since 1970.
    /// - Throws: `Refusal` for filters that are not known here.
    package init(target: String, now: Int64) throws(Refusal) {
        let query: Query
        do {
            query = try Call("POST", target).query
        } catch {
            throw Refusal(words: "this is no prune of images")
        }
        guard let filters = FilterArguments(query.value("filters")),
            filters.keys.isSubset(of: ["dangling", "label", "label!", "until"])
        else {
            throw Refusal(
                words: "images are pruned by the filters dangling, label, label! and until")
        }
        self.filters = filters
        let dangling = Set(filters["dangling"].map(Self.isTrue))
        guard dangling.count <= 1, dangling.first != .some(nil) else {
            throw Refusal(words: "the filter dangling is true or false")
        }
        isDanglingOnly = dangling.first.flatMap { $0 } ?? true
        let times = filters["until"]
        guard times.count <= 1 else { throw Refusal(words: "the filter until is one time") }
        until = try times.first.map { text throws(Refusal) in
            guard let time = Self.time(text, now: now) else {
                throw Refusal(
                    words: "the filter until is a duration such as 24h or 1h30m, a time such as "
                        + "2026-11-24T21:03:12Z, or seconds since 1970")
            }
            return time
        }
    }

    private static func isTrue(_ text: String) -> Bool? {
        switch text {
        case "1", "true": true
        case "0", "false": false
        default: nil
        }
    }

    /// Seconds since 1970 of a time, or of a duration before now (Go's time.ParseDuration in whole seconds).
    private static func time(_ text: String, now: Int64) -> Int64? {
        if let seconds = Int64(text), seconds >= 0 { return seconds }
        if let nanoseconds = EngineTime.nanoseconds(text) { return nanoseconds / 1_000_000_000 }
        var rest = text.utf8[...]
        var seconds: Int64 = 0
        if rest.isEmpty { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { 0x30...0x39 ~= $0 }
            guard 1...9 ~= digits.count, let number = Int64(Substring(digits)) else {
                return nil
            }
            rest = rest.dropFirst(digits.count)
            guard let unit = rest.popFirst(), let length = units[unit] else { return nil }
            seconds += number * length
        }
        return now - seconds
    }

    private static let units: [UInt8: Int64] = [
        UInt8(ascii: "h"): 3600, UInt8(ascii: "m"): 60, UInt8(ascii: "s"): 1,
    ]

    /// The tenant's images that go.
    ///
    /// - Parameters:
    ///   - images: All images of the engine, those in between among them (`GET /images/json?all=1`).
    ///   - tenant: Whose prune it is.
    ///   - names: What tenants call images.
    /// - Returns: Those that go, in the order of the list.
    package func choose(
        from images: [JSONValue], of tenant: String, _ names: ImageNames
    ) -> [Chosen] {
        let parents = Set(images.compactMap { $0["ParentId"]?.string })
        return images.compactMap { image in
            guard let id = image["Id"]?.string, !names.isUsed(tenant, id),
                !parents.contains(id), isChosen(image)
            else { return nil }
            guard let own = names.own(tenant, id) else {
                let isLeft =
                    isNameless(image) && !names.isHeld(id)
                    && StampedLabel.tenant(in: image["Labels"]) == tenant
                return isLeft ? Chosen(id: id, isLeft: true) : nil
            }
            if isDanglingOnly, !own.references.isEmpty { return nil }
            return Chosen(id: id, isLeft: false)
        }
    }

    private func isNameless(_ image: JSONValue) -> Bool {
        (image["RepoTags"]?.array ?? []).allSatisfy { $0.string == "<none>:<none>" }
    }

    private func isChosen(_ image: JSONValue) -> Bool {
        if let until, (image["Created"]?.int64 ?? .max) >= until { return false }
        let labels = image["Labels"]?.object ?? JSONObject()
        guard filters.matchesPairs("label", labels) else { return false }
        return !filters.contains("label!") || !filters.matchesPairs("label!", labels)
    }

    /// What a tenant is told.
    ///
    /// - Parameters:
    ///   - removed: What the engine has said of each removal, in the tenant's names.
    ///   - sizes: How large the images were.
    /// - Returns: The body, with the bytes that the images had beyond those that they were built on.
    package static func answer(_ removed: [JSONValue], _ sizes: ImageSizes) -> [UInt8] {
        let deleted = Set(removed.compactMap { $0["Deleted"]?.string })
        return JSONWriter.bytes(
            .object(
                JSONObject([
                    ("ImagesDeleted", removed.isEmpty ? .null : .array(removed)),
                    ("SpaceReclaimed", .integer(sizes.bytes(of: deleted))),
                ])))
    }
}
