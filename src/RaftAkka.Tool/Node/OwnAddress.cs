using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace RaftAkka.Tool.Node;

/// <summary>The address that a server listens on.</summary>
internal static class OwnAddress
{
    public static string Of(RaftNodeSettings settings) =>
        settings.Members.First(member => member.Server == settings.Server).Address;

    public static string WithPort(RaftNodeSettings settings, int port) =>
        string.Create(CultureInfo.InvariantCulture, $"{Split(Of(settings)).Host}:{port}");

    /// <summary>
    /// Listens on it for a moment. The transport would find out too, but says so in many lines of its own first.
    /// </summary>
    /// <exception cref="SocketException">Nobody can listen there now.</exception>
    public static async Task TryAsync(RaftNodeSettings settings)
    {
        var (host, port) = Split(Of(settings));
        var addresses = await Dns.GetHostAddressesAsync(host.Trim('[', ']'));

        using var listener = new TcpListener(addresses[0], port);
        listener.Start();
    }

    private static (string Host, int Port) Split(string address)
    {
        var colon = address.LastIndexOf(':');
        return (address[..colon], int.Parse(address.AsSpan(colon + 1), CultureInfo.InvariantCulture));
    }
}
