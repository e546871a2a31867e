using System.Diagnostics.CodeAnalysis;
using Akka.Actor;

namespace RaftAkka.Sessions;

/// <summary>
/// The clients that are connected to this server: by name, by their session actors, and by the address of their
/// connection; and who makes room for a new one when there are too many.
/// </summary>
internal sealed class ConnectedClients(RaftNodeSettings settings)
{
    private readonly Dictionary<string, ConnectedClient> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<IActorRef, ConnectedClient> _bySession = [];
    private readonly Dictionary<Address, HashSet<ConnectedClient>> _byAddress = [];
    private readonly Dictionary<string, ClientHost> _hosts = new(StringComparer.OrdinalIgnoreCase);

    public int Count => _byName.Count;

    public IEnumerable<ConnectedClient> All => _byName.Values;

    /// <summary>How many hosts it knows: those of its clients, and those that registered sessions a moment ago.</summary>
    public int HostCount => _hosts.Count;

    public ConnectedClient? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Those whose connection has this address at its other end.</summary>
    public IReadOnlyCollection<ConnectedClient> At(Address address) =>
        _byAddress.TryGetValue(address, out var clients) ? clients : [];

    /// <summary>Adds a client; its session actor is started with it, and named by <see cref="Started"/>.</summary>
    public ConnectedClient Add(string name, Address address, TimeSpan now)
    {
        var client = new ConnectedClient(name, HostOf(address, now), address, now);
        client.Host.Clients++;
        _byName.Add(name, client);
        AddAddress(client);
        return client;
    }

    public void Started(ConnectedClient client, IActorRef session)
    {
        client.Session = session;
        _bySession.Add(session, client);
    }

    /// <summary>The client has introduced itself again, perhaps from elsewhere.</summary>
    public void Moved(ConnectedClient client, Address address, TimeSpan now)
    {
        if (client.Address == address) return;

        RemoveAddress(client);
        client.Host.Clients--;
        client.Address = address;
        client.Host = HostOf(address, now);
        client.Host.Clients++;
        AddAddress(client);
    }

    /// <summary>A session actor has stopped, or is to: its client is connected no more.</summary>
    public bool Remove(IActorRef session, [NotNullWhen(true)] out ConnectedClient? client)
    {
        if (!_bySession.Remove(session, out client)) return false;

        _byName.Remove(client.Name);
        RemoveAddress(client);
        client.Host.Clients--;
        return true;
    }

    /// <summary>How many clients the host at an address has.</summary>
    public int CountOn(Address address) => _hosts.GetValueOrDefault(NameOf(address))?.Clients ?? 0;

    /// <summary>
    /// Who makes room for a client from an address, where all places are taken: of the host that has the most clients, the
    /// one that was silent for longest, where that host has more than the newcomer's would have; otherwise, of all (or of
    /// the newcomer's host, where that has its most), the one that was silent for longest, if it has gone in all likelihood.
    /// A living client speaks several times within half of <see cref="RaftNodeSettings.ClientIdleTimeout"/>.
    /// </summary>
    /// <returns>Null where all are alive and fairly shared out: the newcomer has to wait.</returns>
    public ConnectedClient? ToPushOut(Address newcomer, TimeSpan now)
    {
        var own = CountOn(newcomer);
        var greatest = own;
        foreach (var host in _hosts.Values) greatest = Math.Max(greatest, host.Clients);

        if (own >= settings.ClientsPerHostMax)
            return Gone(SilentForLongest(client => client.Host.Clients == own && NameOf(client.Address) == NameOf(newcomer)), now);
        return greatest > own + 1
            ? SilentForLongest(client => client.Host.Clients == greatest)
            : Gone(SilentForLongest(_ => true), now);
    }

    private ConnectedClient? SilentForLongest(Func<ConnectedClient, bool> counts)
    {
        ConnectedClient? longest = null;
        foreach (var client in _byName.Values)
            if (counts(client) && (longest is null || client.Heard < longest.Heard)) longest = client;
        return longest;
    }

    private ConnectedClient? Gone(ConnectedClient? client, TimeSpan now) =>
        client is not null && now - client.Heard >= settings.ClientIdleTimeout / 2 ? client : null;

    private ClientHost HostOf(Address address, TimeSpan now)
    {
        var name = NameOf(address);
        if (_hosts.TryGetValue(name, out var host)) return host;

        // Hosts without clients are kept for their buckets alone, so only while these are not full; and never many.
        if (_hosts.Count >= 2 * settings.ClientsMax) Forget(other => true);
        else if (_hosts.Count % HostsPerSweep == 0) Forget(other => other.IsRested(now));

        host = new ClientHost(name, settings.RegistrationsPerHostMax, now);
        _hosts.Add(name, host);
        return host;
    }

    private const int HostsPerSweep = 64;

    private void Forget(Func<ClientHost, bool> may)
    {
        foreach (var (name, host) in _hosts)
            if (host.Clients == 0 && may(host)) _hosts.Remove(name);
    }

    private static string NameOf(Address address) => address.Host ?? "";

    private void AddAddress(ConnectedClient client)
    {
        if (!_byAddress.TryGetValue(client.Address, out var clients)) _byAddress.Add(client.Address, clients = []);
        clients.Add(client);
    }

    private void RemoveAddress(ConnectedClient client)
    {
        if (!_byAddress.TryGetValue(client.Address, out var clients)) return;

        clients.Remove(client);
        if (clients.Count == 0) _byAddress.Remove(client.Address);
    }
}
