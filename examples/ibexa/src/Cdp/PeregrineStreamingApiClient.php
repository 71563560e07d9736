<?php

declare(strict_types=1);

namespace App\Cdp;

use Ibexa\Contracts\Cdp\Export\StreamingApiClientInterface;
use Symfony\Contracts\HttpClient\Exception\TransportExceptionInterface;
use Symfony\Contracts\HttpClient\HttpClientInterface;

/**
 * Sends what Ibexa's export commands export to Peregrine.
 *
 * Wants trying on a licensed installation: the interface is public, who calls it and how often is not.
 */
final class PeregrineStreamingApiClient implements StreamingApiClientInterface
{
    private const ATTEMPTS = 4;
    /** Seconds without a byte, and seconds for one request as a whole. */
    private const IDLE_TIMEOUT = 10.0;
    private const REQUEST_TIMEOUT = 60.0;
    /** The longest time, in seconds, that is waited between two attempts. */
    private const LONGEST_WAIT = 30;

    private HttpClientInterface $http;

    private string $url;

    /** The client of the other CDP, as long as both get the data. */
    private ?StreamingApiClientInterface $inner;

    /**
     * @param string $url such as https://peregrine.example/stream/1
     */
    public function __construct(
        HttpClientInterface $http,
        string $url,
        ?StreamingApiClientInterface $inner = null
    ) {
        $this->http = $http;
        $this->url = $url;
        $this->inner = $inner;
    }

    public function streamData(array $data, string $streamId, bool $isDraft = true): void
    {
        if ($this->inner !== null) {
            $this->inner->streamData($data, $streamId, $isDraft);
        }
        // One row alone would be an object, and Peregrine takes a list.
        $rows = $data === [] || isset($data[0]) ? array_values($data) : [$data];
        if ($rows === []) {
            return;
        }
        $body = json_encode($rows, JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES);
        $headers = [
            'Content-Type' => 'application/json',
            'x-streamid' => $streamId,
            // The same rows sent again after a lost answer are stored once.
            'Idempotency-Key' => bin2hex(random_bytes(16)),
        ];
        if ($isDraft) {
            $headers['x-isdraft'] = 'true';
        }
        $this->post($body, $headers);
    }

    /**
     * @param array<string, string> $headers
     */
    private function post(string $body, array $headers): void
    {
        for ($attempt = 1; ; ++$attempt) {
            try {
                $response = $this->http->request('POST', $this->url, [
                    'headers' => $headers,
                    'body' => $body,
                    'timeout' => self::IDLE_TIMEOUT,
                    'max_duration' => self::REQUEST_TIMEOUT,
                    'max_redirects' => 0,
                ]);
                $status = $response->getStatusCode();
                if ($status === 200) {
                    return;
                }
                $said = substr($response->getContent(false), 0, 500);
                $after = (int) ($response->getHeaders(false)['retry-after'][0] ?? 0);
            } catch (TransportExceptionInterface $error) {
                [$status, $said, $after] = [0, $error->getMessage(), 0];
            }
            // No answer, "too much" and "not now" pass by themselves; everything else has to be mended.
            $passes = $status === 0 || $status === 429 || $status >= 500;
            if (!$passes || $attempt >= self::ATTEMPTS) {
                // The command fails, and cron tells. The stream id is a secret and stays out of it.
                throw new \RuntimeException(sprintf('Peregrine took no rows (status %d): %s', $status, $said));
            }
            sleep(min(self::LONGEST_WAIT, max($after, 2 ** $attempt)));
        }
    }
}
