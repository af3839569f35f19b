import Acts
import JSON

extension JSONObject {
    /// Binds the identity's own socket where the engine's was asked for; a HostConfig.
    mutating func bind(_ socket: OwnSocket) {
        if let binds = self["Binds"]?.array {
            self["Binds"] = .array(binds.map { .string(Self.bind($0.string ?? "", socket)) })
        }
        guard let mounts = self["Mounts"]?.array else { return }
        self["Mounts"] = .array(
            mounts.map { mount in
                guard var object = mount.object, object["Type"]?.string == "bind",
                    socket.engine.contains(object["Source"]?.string ?? "")
                else { return mount }
                object["Source"] = .string(socket.path)
                return .object(object)
            })
    }

    /// `/var/run/docker.sock:/var/run/docker.sock:ro`, of which the first part changes.
    private static func bind(_ text: String, _ socket: OwnSocket) -> String {
        let parts = text.parts(between: ":", atMost: 2, keepingEmpty: true)
        guard parts.count == 2, socket.engine.contains(parts[0]) else { return text }
        return socket.path + ":" + parts[1]
    }
}
