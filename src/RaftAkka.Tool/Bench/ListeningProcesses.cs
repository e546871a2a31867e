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
        if (!OperatingSystem.IsLinux() || !IsOfThisMachine(address[..colon].Trim('[', ']'))) return null;

        var sockets = new HashSet<string>(StringComparer.Ordinal);
        foreach (var table in (string[])["/proc/net/tcp", "/proc/net/tcp6"])
        {
            if (File.Exists(table)) sockets.UnionWith(ListenersIn(File.ReadLines(table), port));
        }

        return sockets.Count == 0 ? null : OwnerOf(sockets);
    }

    /// <summary>The links that processes have to the sockets of a table that listen on this port.</summary>
    internal static IEnumerable<string> ListenersIn(IEnumerable<string> table, int port)
    {
        // sl  local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode …
        var suffix = $":{port:X4}";
        foreach (var line in table.Skip(1))
        {
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length > 9 && fields[3] == Listening && fields[1].EndsWith(suffix, StringComparison.Ordinal))
                yield return $"socket:[{fields[9]}]";
        }
    }

    private static bool IsOfThisMachine(string host)
    {
        try
        {
            var own = NetworkInterface.GetAllNetworkInterfaces()
                .SelectMany(card => card.GetIPProperties().UnicastAddresses).Select(unicast => unicast.Address)
                .ToHashSet();
            return Dns.GetHostAddresses(host).Any(address => IPAddress.IsLoopback(address) || own.Contains(address));
        }
        catch (System.Net.Sockets.SocketException)
        {
            return false;   // A name that this machine cannot resolve is not its own.
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
