<?php
// The configuration of WordPress; Debian's wp-config.php includes it and adds the usual defaults.

define('DB_HOST', getenv('WORDPRESS_DB_HOST') ?: 'db');
define('DB_NAME', 'wordpress');
define('DB_USER', 'wordpress');
define('DB_PASSWORD', rtrim(file_get_contents('/run/wordpress/db_password'), "\n"));
define('DB_CHARSET', 'utf8mb4');

// The site answers under the name and port it was asked for, so any published address works.
$host = $_SERVER['HTTP_HOST'] ?? '';
if (!preg_match('/^[a-z0-9._-]+(:\d+)?$|^\[[0-9a-f:.]+\](:\d+)?$/i', $host)) {
    $host = $_SERVER['HTTP_HOST'] = 'localhost';
}
define('WP_HOME', "http://$host");
define('WP_SITEURL', WP_HOME);

// No request leaves the container: no updates, no scheduled work behind a visitor's page.
define('WP_HTTP_BLOCK_EXTERNAL', true);
define('AUTOMATIC_UPDATER_DISABLED', true);
define('DISABLE_WP_CRON', true);
define('DISALLOW_FILE_MODS', true);
define('WP_ALLOW_MULTISITE', false);

// Keys and salts are not set here: WordPress then draws them at random and keeps them in the database.
