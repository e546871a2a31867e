using Akka.Actor;
using RaftAkka.Protocol;

namespace RaftAkka.Server;

/// <summary>
/// The servers whose messages count, each with the addresses from which it may send: the members of the configurations that
/// are in effect or would be again, those that the settings name, and those that one of these vouches for. What anybody
/// else sends changes nothing, not even where messages to a member go.
/// </summary>
/// <remarks>
/// A server that was down while members changed or moved does not know the new ones. It asks those that it knows for the
/// configuration that they know (<see cref="AskConfiguration"/>). What a trusted server answers only decides to whom this
/// server listens and where it sends: votes and majorities go by its own log alone.
/// </remarks>
internal sealed class TrustedPeers(RaftNodeSettings settings, IPeers peers)
{
    private const int FormerMax = Configuration.MembersMax;

    // By the server that answered, so that no answer can push out that of another one.
    private readonly Dictionary<ServerId, ConfigurationReply> _vouched = [];
    private readonly Dictionary<ServerId, IActorRef> _heard = [];
    private readonly Dictionary<ServerId, string[]> _former = [];
    private Dictionary<ServerId, string[]> _addresses = [];
    private IReadOnlyList<Configuration> _configurations = [];

    /// <summary>All of them, in the order of their names.</summary>
    public IEnumerable<ServerId> All => _addresses.Keys.Order();

    /// <summary>Other configurations are in effect, or would be again.</summary>
    /// <param name="members">What the log says.</param>
    public void Follow(ConfigurationHistory members)
    {
        _configurations = [.. members.LatestFirst];
        foreach (var (server, reply) in _vouched)
            if (reply.Index <= members.LatestIndex) _vouched.Remove(server);
        Rebuild();
    }

    /// <summary>A trusted server has answered with a later configuration than this server's own.</summary>
    /// <returns>Whether it names a server or an address that was not known.</returns>
    public bool Vouch(ConfigurationReply reply)
    {
        var before = _addresses;
        _vouched[reply.Header.Sender] = reply;
        Rebuild();
        return _addresses.Any(now => !before.TryGetValue(now.Key, out var known) || now.Value.Except(known).Any());
    }

    /// <summary>
    /// Whether a message under a server's name comes from an address of that server. If so, messages to it go there.
    /// </summary>
    public bool Knows(ServerId server, IActorRef sender)
    {
        if (_heard.TryGetValue(server, out var heard) && ReferenceEquals(heard, sender)) return true;
        if (!_addresses.TryGetValue(server, out var addresses)) return false;

        foreach (var address in addresses)
        {
            if (!peers.IsAt(address, sender)) continue;

            _heard[server] = sender;
            peers.Know(server, address);
            return true;
        }

        return false;
    }

    /// <summary>Whether a server that is trusted no more sends from where it was.</summary>
    public bool Knew(ServerId server, IActorRef sender) =>
        _former.TryGetValue(server, out var addresses) && addresses.Any(address => peers.IsAt(address, sender));

    private void Rebuild()
    {
        var next = Collect();
        foreach (var (server, addresses) in _addresses)
        {
            if (next.ContainsKey(server)) continue;
            if (_former.Count >= FormerMax) _former.Clear();
            _former[server] = addresses;
            _heard.Remove(server);
        }

        foreach (var (server, addresses) in next)
        {
            if (_addresses.TryGetValue(server, out var known) && known.SequenceEqual(addresses)) continue;

            _heard.Remove(server);
            peers.Know(server, addresses[0]);
        }

        _addresses = next;
    }

    // The address that is tried first comes first: of the settings where they are preferred, else of the latest configuration.
    private Dictionary<ServerId, string[]> Collect()
    {
        var named = settings.Members.Select(member => (member.Server, member.Address));
        var known = _vouched.Values.OrderByDescending(reply => reply.Index).Select(reply => reply.Members)
            .Concat(_configurations)
            .SelectMany(members => members.Servers)
            .Select(member => (Server: member.Id, member.Address));
        var all = settings.PrefersMembersAddresses ? named.Concat(known) : known.Concat(named);
        return all.Where(place => place.Server != settings.Server)
            .GroupBy(place => place.Server, place => place.Address)
            .ToDictionary(group => group.Key, group => group.Distinct(StringComparer.OrdinalIgnoreCase).ToArray());
    }
}
