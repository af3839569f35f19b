package import Acts
package import JSON

/// What an engine's inspect says of a volume: whose it is, and where it leads.
package struct InspectedVolume: Hashable, Sendable {
    /// The name, which is its id.
    package let name: String
    /// The tenant; nil: the administrators'.
    package let tenant: String?
    /// What it asks of its host: drivers and options can make it any path of the host's.
    package let demands: [Demand]

    /// Reads an answer of `GET /volumes/{name}`; nil when it is none.
    package init?(_ value: JSONValue) {
        guard let name = value["Name"]?.string, !name.isEmpty else { return nil }
        self.name = name
        tenant = StampedLabel.tenant(in: value["Labels"])
        var body = JSONObject()
        body["Driver"] = value["Driver"]
        body["DriverOpts"] = value["Options"]
        demands = VolumeDemands.read(body)
    }
}
