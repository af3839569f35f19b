import Acts
import JSON

/// One event without the labels of its object and the command line of an exec.
enum VeiledEvent {
    /// The event, or nil when it cannot be read.
    static func hide(_ line: [UInt8], _ hidden: Hidden) -> [UInt8]? {
        let value: JSONValue
        do {
            value = try JSONReader.answer(line)
        } catch {
            return nil
        }
        guard var event = value.object else { return nil }
        if hidden.contains(.commands) {
            for name in ["Action", "status"] { event[name] = event[name].map(withoutCommand) }
        }
        if hidden.contains(.labels), var actor = event["Actor"]?.object {
            let type = event["Type"]?.string ?? ""
            let left = (actor["Attributes"]?.object?.members ?? []).filter { attribute in
                isEngines(attribute.name, attribute.value.string ?? "", of: type)
            }
            actor["Attributes"] = .object(JSONObject(distinct: left))
            event["Actor"] = .object(actor)
        }
        return JSONWriter.bytes(.object(event)) + [0x0A]
    }

    /// `exec_create: sh -c …` without what follows.
    private static func withoutCommand(_ action: JSONValue) -> JSONValue {
        guard let text = action.string, text.hasPrefix("exec_"),
            let colon = text.utf8.firstIndex(of: UInt8(ascii: ":"))
        else { return action }
        return .string(text[..<colon] + ": (hidden)")
    }

    /// True for attributes that the engine sets itself. Labels stand beside them, under whatever name, so
    /// what a label could say in the place of the engine has to look like the engine's.
    private static func isEngines(_ name: String, _ value: String, of type: String) -> Bool {
        switch (type, name) {
        case (_, "name"), ("container", "image"): true
        case ("container", "exitCode"), ("container", "signal"), ("container", "height"),
            ("container", "width"), ("container", "execDuration"):
            value.utf8.allSatisfy { 0x30...0x39 ~= $0 } && value.utf8.count <= 10
        case ("container", "execID"):
            value.utf8.count == 64
                && value.utf8.allSatisfy { 0x30...0x39 ~= $0 || 0x61...0x66 ~= $0 }
        case ("container", "oldName"):
            Name.isValid(value.hasPrefix("/") ? String(value.dropFirst()) : value, for: .container)
        // These kinds bring no labels.
        case ("network", "type"), ("network", "container"), ("volume", "driver"),
            ("volume", "destination"), ("volume", "container"), ("volume", "read/write"),
            ("volume", "propagation"), ("builder", "reclaimed"), ("network", "reclaimed"),
            ("volume", "reclaimed"):
            true
        case ("service", _), ("node", _): name.hasSuffix(".old") || name.hasSuffix(".new")
        default: false
        }
    }
}
