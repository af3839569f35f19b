package import JSON

/// A container as a list shows it, and what filters of lists ask about.
package final class ContainerRow: Sendable {
    /// The full id.
    package let id: String
    /// Its name, with the slash before it; "" when it has none.
    let name: String
    /// When it was made, in nanoseconds since 1970: the order of lists.
    let created: Int64
    /// The image as it was named when the container was made.
    let imageName: String
    /// The image's id.
    let imageID: String
    /// The answer's entry, in the newest version that the engine speaks.
    let value: JSONObject
    /// The state in a word: `running`.
    let state: String
    /// The health in a word; `none` where nobody looks.
    let health: String
    /// The exit status of the last run.
    let exitCode: Int64
    /// True when it was ever started.
    let hasStarted: Bool
    /// False when what the engine says of it cannot be said anew: the engine is asked then.
    package let isSure: Bool

    private let status: StatusText?
    /// The entry's text around its status, when no version leaves anything out.
    private let before: [UInt8]
    private let after: [UInt8]

    /// Takes what an engine says of a container; nil when the entry has no id.
    ///
    /// - Parameters:
    ///   - item: The entry of a list of all, in the engine's newest version.
    ///   - inspected: The answer of inspect, not older than the container's last change that the
    ///     list shows; nil when the engine cannot tell.
    ///   - seen: Between which times the list was asked for and answered, in nanoseconds since 1970.
    package init?(_ item: JSONValue, _ inspected: JSONValue?, seen: ClosedRange<Int64>) {
        guard let value = item.object, let id = value["Id"]?.string, !id.isEmpty else { return nil }
        self.id = id
        self.value = value
        state = value["State"]?.string ?? ""
        imageID = value["ImageID"]?.string ?? ""
        name = inspected?["Name"]?.string ?? ""
        imageName = inspected?["Config"]?["Image"]?.string ?? ""
        let times = inspected?["State"]
        health = times?["Health"]?["Status"]?.string ?? "none"
        exitCode = times?["ExitCode"]?.int64 ?? 0
        let started = (times?["StartedAt"]?.string).flatMap(EngineTime.nanoseconds)
        let finished = (times?["FinishedAt"]?.string).flatMap(EngineTime.nanoseconds)
        hasStarted = started != nil
        let second = (value["Created"]?.int64 ?? 0).multipliedReportingOverflow(by: 1_000_000_000)
        let created = (inspected?["Created"]?.string).flatMap(EngineTime.nanoseconds)
        self.created = created ?? second.partialValue
        status = StatusText(
            value["Status"]?.string ?? "", started: started, finished: finished, seen: seen)
        isSure =
            created != nil && value["Status"]?.string != nil && status != nil
            // The list may be older or newer than the inspection.
            && times?["Status"]?.string == state
        (before, after) = Self.around(value)
    }

    /// The entry's text before and behind its status' value.
    private static func around(_ value: JSONObject) -> ([UInt8], [UInt8]) {
        var parts: [[UInt8]] = [[UInt8(ascii: "{")], []]
        var place = 0
        for (index, member) in value.members.enumerated() {
            if index > 0 { parts[place].append(UInt8(ascii: ",")) }
            JSONWriter.append(quoting: member.name, to: &parts[place])
            parts[place].append(UInt8(ascii: ":"))
            if place == 0, member.name == "Status" {
                place = 1
            } else {
                JSONWriter.append(member.value, to: &parts[place])
            }
        }
        parts[place].append(UInt8(ascii: "}"))
        return (parts[0], parts[1])
    }

    /// Its labels.
    var labels: JSONObject { value["Labels"]?.object ?? JSONObject() }

    /// True when it runs, as a list that does not show all means it.
    var isRunning: Bool { ["running", "paused", "restarting"].contains(state) }

    /// Appends the entry of a list.
    ///
    /// - Parameters:
    ///   - bytes: What it is appended to.
    ///   - version: The version in which the client asks.
    ///   - now: Nanoseconds since 1970.
    package func append(to bytes: inout [UInt8], in version: APIVersion, at now: Int64) {
        let text = JSONValue.string(status?.text(at: now) ?? "")
        guard let shaped = shaped(for: version) else {
            bytes += before
            JSONWriter.append(text, to: &bytes)
            bytes += after
            return
        }
        var value = shaped
        value["Status"] = text
        JSONWriter.append(.object(value), to: &bytes)
    }

    /// The entry without what the version does not know; nil when that is nothing.
    private func shaped(for version: APIVersion) -> JSONObject? {
        var value = self.value
        var hasChanged = false
        if version.minor < 48, value["ImageManifestDescriptor"] != nil {
            value["ImageManifestDescriptor"] = nil
            hasChanged = true
        }
        if version.minor < 46, var host = value["HostConfig"]?.object, host["Annotations"] != nil {
            host["Annotations"] = nil
            value["HostConfig"] = .object(host)
            hasChanged = true
        }
        return hasChanged ? value : nil
    }

    /// True when a list's entry says the same of it, the time in its status aside.
    package func isSame(as item: JSONValue) -> Bool {
        guard let other = item.object else { return false }
        return Self.settled(value) == Self.settled(other)
    }

    /// An entry without what changes by itself; engines tell ports and networks in any order.
    private static func settled(_ value: JSONObject) -> JSONValue {
        var value = value
        value["Status"] = nil
        return sorted(.object(value))
    }

    private static func sorted(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(let object):
            let members = object.members.map {
                JSONObject.Member(name: $0.name, value: sorted($0.value))
            }
            return .object(JSONObject(distinct: members.sorted { $0.name < $1.name }))
        case .array(let values):
            return .array(values.sorted { JSONWriter.text($0) < JSONWriter.text($1) })
        case .null, .bool, .number, .string: return value
        }
    }
}
