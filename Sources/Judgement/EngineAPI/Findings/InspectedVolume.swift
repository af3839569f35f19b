package import Acts
package import JSON

/// What an engine's inspect says of a volume: by what it is known, and where it leads.
package struct InspectedVolume: Hashable, Sendable {
    /// As what it was seen.
    package let sighting: Sighting
    /// What it asks of its host: drivers and options can make it any path of the host's.
    package let demands: [Demand]

    /// Reads an answer of `GET /volumes/{name}`; nil when it is none.
    package init?(_ value: JSONValue) {
        guard let sighting = Sighting(.volume, of: value) else { return nil }
        self.sighting = sighting
        var body = JSONObject()
        body["Driver"] = value["Driver"]
        body["DriverOpts"] = value["Options"]
        demands = VolumeDemands.read(body)
    }
}
