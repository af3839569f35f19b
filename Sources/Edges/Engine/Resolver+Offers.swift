import Acts
import EngineAPI
import JSON

/// Networks of the administrators that are offered to tenants.
extension Resolver {
    /// What the owner of a network calls it.
    func name(of network: InspectedNetwork) -> String {
        let name = network.sighting.name
        guard let tenant = owner(network.sighting) else { return name }
        return String(decoding: told(tenant).told(Array(name.utf8)), as: UTF8.self)
    }

    /// Finds which of the networks is meant. All are asked for, whatever the text is: nobody learns from
    /// the time what else there is.
    ///
    /// - Parameters:
    ///   - names: The networks that are still to be asked for.
    ///   - found: What the engine has said of those before.
    ///   - reference: A name, an id or the beginning of one.
    ///   - prefix: The version's path.
    ///   - completion: Called once, on the loop.
    func offered(
        _ names: ArraySlice<String>, _ found: [JSONValue], _ reference: Reference,
        _ prefix: String, _ completion: @escaping (Result<Finding, EngineFailure>) -> Void
    ) {
        guard let name = names.first else {
            guard let meant = Self.meant(reference.text, among: found) else {
                return completion(.success(.absent))
            }
            return read(reference, meant, prefix, completion)
        }
        ask(.network, name, prefix) { result in
            switch result {
            case .failure(let failure): completion(.failure(failure))
            case .success(let value):
                var found = found
                // An engine also finds the beginning of an id, and a tenant's network of that name.
                if let value, let network = InspectedNetwork(value), network.sighting.name == name,
                    self.owner(network.sighting) == nil
                {
                    found.append(value)
                }
                self.offered(names.dropFirst(), found, reference, prefix, completion)
            }
        }
    }

    private static func meant(_ text: String, among networks: [JSONValue]) -> JSONValue? {
        if let named = networks.first(where: { $0["Name"]?.string == text }) { return named }
        let begun = networks.filter { $0["Id"]?.string?.hasPrefix(text) == true }
        return begun.count == 1 ? begun.first : nil
    }
}
