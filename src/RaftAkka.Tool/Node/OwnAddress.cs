using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace RaftAkka.Tool.Node;

/// <summary>The address that a server listens on.</summary>
internal static class OwnAddress
{
    public static string Of(RaftNodeSettings settings) =>
        settings.Members.First(member => member.Server == settings.Server).Address;

    /// <summary>
    /// Listens on it for a moment. The transport would find out too, but says so in many lines of its own first.
    /// </summary>
    /// <exception cref="SocketException">Nobody can listen there now.</exception>
    public static async Task TryAsync(RaftNodeSettings settings)
    {
        var address = Of(settings);
        var colon = address.LastIndexOf(':');
        var hosts = await Dns.GetHostAddressesAsync(address[..colon].Trim('[', ']'));
        var port = int.Parse(address.AsSpan(colon + 1), CultureInfo.InvariantCulture);

        using var listener = new TcpListener(hosts[0], port);
        listener.Start();
    }
}
