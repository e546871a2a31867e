using System.Globalization;
using System.Net;
using System.Net.Sockets;
using RaftAkka.Protocol;
using RaftAkka.Tool.Cli;

namespace RaftAkka.Tool.Node;

/// <summary>The address of a server, and where it listens.</summary>
internal static class OwnAddress
{
    // Of other servers' names: a name server that does not answer must not hold up a start.
    private static readonly TimeSpan ResolveTimeout = TimeSpan.FromSeconds(2);

    public static string Of(RaftNodeSettings settings) =>
        settings.Members.First(member => member.Server == settings.Server).Address;

    public static string WithPort(RaftNodeSettings settings, int port)
    {
        var own = Of(settings);
        return string.Create(CultureInfo.InvariantCulture, $"{own[..own.LastIndexOf(':')]}:{port}");
    }

    /// <summary>
    /// Listens for a moment where the server is to listen. The transport would find out too, but says so in many lines of its
    /// own first. Also finds out whether another member's name is one more name of this server's address.
    /// </summary>
    /// <exception cref="ToolException">A name does not resolve, or stands for this server's own address.</exception>
    /// <exception cref="SocketException">Nobody can listen there now.</exception>
    public static async Task TryAsync(RaftNodeSettings settings)
    {
        var door = settings.Listen ?? Of(settings);
        var addresses = await ResolveAsync(settings, door);

        using (var listener = new TcpListener(addresses[0], Addresses.PortOf(door))) listener.Start();

        if (settings.Listen is null) await RefuseAliasesAsync(settings, addresses);
    }

    private static async Task<IPAddress[]> ResolveAsync(RaftNodeSettings settings, string door)
    {
        var host = Addresses.HostOf(door);
        try
        {
            return await ResolveAsync(host, CancellationToken.None);
        }
        catch (SocketException unknown)
        {
            throw new ToolException(
                ExitCode.Usage,
                $"Server {settings.Server} cannot listen on {door}: the name '{host}' does not resolve on this machine "
                + $"({ReasonOf(unknown)}). Nothing was started. Correct the name in {NameOfSetting(settings)}, or have the name server "
                + "or /etc/hosts know it. Where the server is reached by a name that only others know, set raft.listen as well.",
                unknown);
        }
    }

    private static string NameOfSetting(RaftNodeSettings settings) =>
        settings.Listen is null ? "raft.members, in the files of all servers" : "raft.listen";

    private static string ReasonOf(SocketException unknown) => unknown.SocketErrorCode switch
    {
        SocketError.HostNotFound => "it is not known",
        SocketError.NoData => "it is known, and has no address",
        SocketError.TryAgain => "no name server answers, or none knows it for now",
        _ => unknown.Message,
    };

    private static async Task RefuseAliasesAsync(RaftNodeSettings settings, IPAddress[] own)
    {
        var port = Addresses.PortOf(Of(settings));
        using var timeout = new CancellationTokenSource(ResolveTimeout);
        foreach (var member in settings.Members)
        {
            if (member.Server == settings.Server || Addresses.PortOf(member.Address) != port) continue;
            if (!(await TryResolveAsync(Addresses.HostOf(member.Address), timeout.Token)).Intersect(own).Any()) continue;

            throw ToolException.Usage(
                $"Servers {settings.Server} ({Of(settings)}) and {member.Server} ({member.Address}) have one address by two names: "
                + $"both are {own[0]}, port {port}. Nothing was started. Give each server its own host or port in raft.members.");
        }
    }

    // A name that does not resolve now may do so later: the server says so while it waits for that member.
    private static async Task<IPAddress[]> TryResolveAsync(string host, CancellationToken stop)
    {
        try
        {
            return await ResolveAsync(host, stop);
        }
        catch (Exception unknown) when (unknown is SocketException or OperationCanceledException)
        {
            return [];
        }
    }

    // Wildcards are no names to a resolver.
    private static async Task<IPAddress[]> ResolveAsync(string host, CancellationToken stop)
    {
        if (IPAddress.TryParse(host, out var literal)) return [literal];

        var found = await Dns.GetHostAddressesAsync(host, stop);
        return found.Length > 0 ? found : throw new SocketException((int)SocketError.HostNotFound);
    }
}
