import Acts
import JSON

/// What a network asks for.
enum NetworkDemands {
    /// True for driver options that only shape the network itself, and take nothing from its
    /// separation from the host.
    private static func isHarmless(_ name: String, _ value: String) -> Bool {
        switch name {
        case "com.docker.network.bridge.enable_icc", "com.docker.network.enable_ipv6":
            ["true", "false"].contains(value)
        // Without masquerade, containers speak on the host's own networks.
        case "com.docker.network.bridge.enable_ip_masquerade": value == "true"
        case "com.docker.network.driver.mtu": Int(value).map { 576...1500 ~= $0 } ?? false
        default: false
        }
    }

    /// Reads the body of `POST /networks/create`.
    static func read(_ body: JSONObject) -> [Demand] {
        var demands: [Demand] = []
        let driver = body["Driver"]?.string ?? ""
        if !["", "bridge"].contains(driver) {
            demands.append(Demand(.networkDriver(driver), origin: "Driver"))
        }
        let manager = body["IPAM"]?["Driver"]?.string ?? ""
        if !["", "default"].contains(manager) {
            demands.append(Demand(.networkDriver(manager), origin: "IPAM.Driver"))
        }
        for (options, origin) in [
            (body["Options"], "Options"), (body["IPAM"]?["Options"], "IPAM.Options"),
        ] {
            for member in options?.object?.members ?? [] {
                if origin == "Options", isHarmless(member.name, member.value.string ?? "") {
                    continue
                }
                demands.append(Demand(.networkOption(member.name), origin: origin))
            }
        }
        for pool in body["IPAM"]?["Config"]?.array ?? [] {
            if TenantBridge.hasStrayAddresses(pool) {
                demands.append(
                    Demand(.networkOption("an address without its subnet"), origin: "IPAM.Config"))
            }
            guard let subnet = pool["Subnet"]?.string, !subnet.isEmpty,
                !Subnet.isPrivate(subnet)
            else { continue }
            demands.append(Demand(.subnet(Name.shown(subnet)), origin: "IPAM.Config.Subnet"))
        }
        for field in ["Ingress", "ConfigOnly"] where body[field]?.bool == true {
            demands.append(Demand(.networkOption(field), origin: field))
        }
        if let scope = body["Scope"]?.string, !["", "local"].contains(scope) {
            demands.append(Demand(.networkOption("scope \(scope)"), origin: "Scope"))
        }
        if let source = body["ConfigFrom"]?["Network"]?.string, !source.isEmpty {
            demands.append(Demand(.networkOption("ConfigFrom"), origin: "ConfigFrom"))
        }
        return demands
    }
}

/// What a volume asks for.
enum VolumeDemands {
    /// Reads the body of `POST /volumes/create`.
    static func read(_ body: JSONObject) -> [Demand] {
        var demands: [Demand] = []
        let driver = body["Driver"]?.string ?? ""
        if !["", "local"].contains(driver) {
            demands.append(Demand(.volumeDriver(driver), origin: "Driver"))
        }
        for member in body["DriverOpts"]?.object?.members ?? [] {
            demands.append(Demand(.volumeOption(member.name), origin: "DriverOpts"))
        }
        return demands
    }
}

/// What a build asks for: its steps are containers.
struct BuildDemands: DemandReader {
    var demands: [Demand] = []
    var references: [Reference] = []

    /// Reads the parameters of `POST /build`.
    init(_ query: Query) {
        readNetwork(query.value("networkmode"))
        if !query.value("cgroupparent").isEmpty {
            ask(.cgroupParent(query.value("cgroupparent")), "cgroupparent")
        }
        if let bytes = Int64(query.value("shmsize")), bytes != 0 {
            ask(.sharedMemory(bytes: bytes), "shmsize")
        }
        for name in ["cpusetcpus", "cpusetmems"] where !query.value(name).isEmpty {
            ask(.processorPinning(query.value(name)), name)
        }
        for entry in query["extrahosts"] where Address.leadsToHost(entry) {
            ask(.hostName(entry), "extrahosts")
        }
        for limit in ParameterValue.json(query.value("ulimits"))?.array ?? [] {
            guard UserLimit.isHigh(limit) else { continue }
            ask(.userLimit(limit["Name"]?.string ?? ""), "ulimits")
        }
        for option in ParameterValue.json(query.value("securityopt"))?.array ?? [] {
            guard let text = option.string, !SecurityOption.isHardening(text) else { continue }
            ask(.securityOption(SecurityOption.shown(text)), "securityopt")
        }
    }

    private mutating func readNetwork(_ mode: String) {
        switch mode {
        case "", "default", "bridge", "none": return
        case "host": ask(.hostNamespace(.network), "networkmode")
        default:
            if mode.hasPrefix("container:") {
                let container = String(mode.dropFirst("container:".count))
                ask(.joinedNamespace(.network, container: container), "networkmode")
                refer(.container, container, "networkmode", lendsPower: true)
            } else {
                refer(.network, mode, "networkmode")
            }
        }
    }
}
