using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;

namespace RaftAkka.Tool.Bench;

/// <summary>Finds out which process of this machine listens at an address, where Linux lets one see that.</summary>
internal static class ListeningProcesses
{
    private const string Listening = "0A";

    /// <summary>The number of the process, or null where the address is elsewhere or its process cannot be seen.</summary>
    public static int? At(string address)
    {
        var colon = address.LastIndexOf(':');
        var port = int.Parse(address.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture);
        if (!OperatingSystem.IsLinux()) return null;
        var hosts = OwnAddressesOf(address[..colon].Trim('[', ']'));
        if (hosts.Count == 0) return null;

        var sockets = new HashSet<string>(StringComparer.Ordinal);
        foreach (var table in (string[])["/proc/net/tcp", "/proc/net/tcp6"])
        {
            if (File.Exists(table)) sockets.UnionWith(ListenersIn(File.ReadLines(table), hosts, port));
        }

        return sockets.Count == 0 ? null : OwnerOf(sockets);
    }

    /// <summary>
    /// The links that processes have to the sockets of a table that listen at one of these addresses. The port alone
    /// does not tell: the nodes of a cluster may all have the same one, each at an address of its own.
    /// </summary>
    internal static IEnumerable<string> ListenersIn(
        IEnumerable<string> table, IReadOnlyCollection<IPAddress> hosts, int port)
    {
        // sl  local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode …
        var suffix = $":{port:X4}";
        foreach (var line in table.Skip(1))
        {
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length > 9 && fields[3] == Listening && fields[1].EndsWith(suffix, StringComparison.Ordinal)
                && IsAt(AddressIn(fields[1][..^suffix.Length]), hosts))
                yield return $"socket:[{fields[9]}]";
        }
    }

    private static bool IsAt(IPAddress listener, IReadOnlyCollection<IPAddress> hosts) =>
        listener.Equals(IPAddress.Any) || listener.Equals(IPAddress.IPv6Any) || hosts.Contains(listener);

    // The kernel prints the words of an address as numbers, so their bytes are in the machine's own order.
    private static IPAddress AddressIn(string digits)
    {
        var bytes = Convert.FromHexString(digits);
        if (BitConverter.IsLittleEndian)
        {
            for (var word = 0; word < bytes.Length; word += sizeof(int)) bytes.AsSpan(word, sizeof(int)).Reverse();
        }
        return Plain(new IPAddress(bytes));
    }

    // A socket for both kinds of addresses shows one of the old kind inside one of the new kind.
    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    /// <summary>What a name means, as far as it is an address of this machine.</summary>
    private static HashSet<IPAddress> OwnAddressesOf(string host)
    {
        try
        {
            var own = NetworkInterface.GetAllNetworkInterfaces()
                .SelectMany(card => card.GetIPProperties().UnicastAddresses).Select(unicast => unicast.Address)
                .ToHashSet();
            return [.. Dns.GetHostAddresses(host).Select(Plain)
                .Where(address => IPAddress.IsLoopback(address) || own.Contains(address))];
        }
        catch (System.Net.Sockets.SocketException)
        {
            return [];   // A name that this machine cannot resolve is not its own.
        }
    }

    private static int? OwnerOf(HashSet<string> sockets)
    {
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var process)
                && HasOneOf(Path.Combine(directory, "fd"), sockets))
                return process;
        }
        return null;
    }

    private static bool HasOneOf(string descriptors, HashSet<string> sockets)
    {
        try
        {
            return Directory.EnumerateFileSystemEntries(descriptors)
                .Any(link => new FileInfo(link).LinkTarget is { } target && sockets.Contains(target));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;   // It has ended meanwhile, or belongs to somebody else.
        }
    }
}
