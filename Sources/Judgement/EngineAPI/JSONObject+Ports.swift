import Acts
import JSON

extension JSONObject {
    /// Binds ports that are asked for on every address to one that may be had; a HostConfig.
    mutating func publish(on addresses: PublishedAddresses) {
        guard let ports = self["PortBindings"]?.object else { return }
        let bound = ports.members.map { member in
            let bindings = member.value.array?.map { binding -> JSONValue in
                guard var binding = binding.object else { return binding }
                let asked = binding["HostIp"]?.string ?? ""
                // Two levels may each have an address of a family, and none in common.
                let address = addresses.address(for: asked) ?? addresses.list.first
                binding["HostIp"] = .string(address ?? "127.0.0.1")
                return .object(binding)
            }
            return Member(name: member.name, value: bindings.map { .array($0) } ?? member.value)
        }
        self["PortBindings"] = .object(JSONObject(distinct: bound))
    }
}
